{
  "targets": [
    {
      "target_name": "built_by_cmake_js",
      "type": "none"
    }
  ]
}
