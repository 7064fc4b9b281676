# Targets `llama`, `ggml` and `mtmd`, whichever way they come about.

set(LLAMA_BUILD_TOOLS OFF CACHE BOOL "" FORCE)
set(LLAMA_BUILD_TESTS OFF CACHE BOOL "" FORCE)
set(LLAMA_BUILD_EXAMPLES OFF CACHE BOOL "" FORCE)
set(LLAMA_BUILD_SERVER OFF CACHE BOOL "" FORCE)
set(LLAMA_BUILD_APP OFF CACHE BOOL "" FORCE)
set(LLAMA_CURL OFF CACHE BOOL "" FORCE)
set(MTMD_VIDEO OFF CACHE BOOL "" FORCE)

if(MEDGEMMA_BUILD STREQUAL "source")
  set(BUILD_SHARED_LIBS ON)
  set(LLAMA_BUILD_COMMON ON CACHE BOOL "" FORCE)
  set(LLAMA_BUILD_MTMD ON CACHE BOOL "" FORCE)
  set(GGML_OPENMP OFF CACHE BOOL "" FORCE)
  add_subdirectory(${MEDGEMMA_LLAMA_DIR} llama.cpp EXCLUDE_FROM_ALL)
  set(MEDGEMMA_RPATH_LIBS "")
elseif(MEDGEMMA_BUILD STREQUAL "linked")
  # The platform package's libraries as imported targets under llama.cpp's own names, so that its mtmd folder
  # can be added unchanged.
  include(native/cmake/platform-libraries.cmake)
  set(LLAMA_VERSION_MAJOR 0)
  set(LLAMA_VERSION_BASE 0.5.0)
  set(LLAMA_BUILD_COMMON OFF CACHE BOOL "" FORCE)
  set(BUILD_SHARED_LIBS OFF)
  function(llama_add_compile_flags)
    # llama.cpp's own warning flags, which its vendor folder asks for.
  endfunction()
  add_subdirectory(${MEDGEMMA_LLAMA_DIR}/vendor llama-vendor EXCLUDE_FROM_ALL)
  add_subdirectory(${MEDGEMMA_LLAMA_DIR}/tools/mtmd mtmd EXCLUDE_FROM_ALL)
else()
  message(FATAL_ERROR "MEDGEMMA_BUILD must be linked or source, not ${MEDGEMMA_BUILD}.")
endif()
