# The engine's tests: a plain executable, no Node.

file(GLOB MEDGEMMA_TEST_SOURCES CONFIGURE_DEPENDS native/test/*.cpp)
add_executable(medgemma-engine-test ${MEDGEMMA_TEST_SOURCES})
target_include_directories(medgemma-engine-test PRIVATE native/test)
target_compile_definitions(medgemma-engine-test PRIVATE
  MEDGEMMA_PHANTOM_DIR="${CMAKE_SOURCE_DIR}/models/phantom" MEDGEMMA_FIXTURES_DIR="${CMAKE_SOURCE_DIR}/test/fixtures"
  MEDGEMMA_BACKEND_DIR="${MEDGEMMA_LIB_DIR}" MEDGEMMA_LLAMA_DIR="${MEDGEMMA_LLAMA_DIR}"
  MEDGEMMA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(medgemma-engine-test PRIVATE medgemma-engine)
medgemma_own_code(medgemma-engine-test)
if(MEDGEMMA_BUILD STREQUAL "linked" AND NOT WIN32)
  set_target_properties(medgemma-engine-test PROPERTIES BUILD_RPATH "${MEDGEMMA_LIB_DIR}")
endif()
