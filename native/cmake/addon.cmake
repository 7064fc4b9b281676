# The addon: Node-API over the engine.

file(GLOB MEDGEMMA_BINDING_SOURCES CONFIGURE_DEPENDS native/binding/*.cpp)
add_library(medgemma SHARED ${MEDGEMMA_BINDING_SOURCES} ${CMAKE_JS_SRC})
set_target_properties(medgemma PROPERTIES PREFIX "" SUFFIX ".node")
target_include_directories(medgemma SYSTEM PRIVATE ${CMAKE_JS_INC})
target_compile_definitions(medgemma PRIVATE NAPI_VERSION=8 MEDGEMMA_VERSION="${MEDGEMMA_VERSION}")
target_link_libraries(medgemma PRIVATE medgemma-engine ${CMAKE_JS_LIB})
medgemma_own_code(medgemma)

# Relative, so that the installed tree can be moved as a whole.
if(MEDGEMMA_BUILD STREQUAL "linked")
  file(RELATIVE_PATH lib_dir_from_addon "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}" "${MEDGEMMA_LIB_DIR}")
  set(origin_path "${lib_dir_from_addon}")
else()
  file(RELATIVE_PATH origin_path "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}" "${CMAKE_BINARY_DIR}/bin")
endif()
if(APPLE)
  set_target_properties(medgemma PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "@loader_path/${origin_path}")
  target_link_options(medgemma PRIVATE -undefined dynamic_lookup)
elseif(UNIX)
  set_target_properties(medgemma PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/${origin_path}")
  # Symbols of the statically linked parts stay inside: node-llama-cpp may live in the same process.
  target_link_options(medgemma PRIVATE -Wl,--exclude-libs,ALL)
endif()
if(MSVC AND CMAKE_JS_NODELIB_DEF AND CMAKE_JS_NODELIB_TARGET)
  execute_process(COMMAND ${CMAKE_AR} /def:${CMAKE_JS_NODELIB_DEF} /out:${CMAKE_JS_NODELIB_TARGET} ${CMAKE_STATIC_LINKER_FLAGS})
endif()
