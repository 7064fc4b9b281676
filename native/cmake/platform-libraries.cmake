# Finds libllama, libggml and libggml-base in MEDGEMMA_LIB_DIR. Their names carry the llama.cpp
# release and, in GPU packages, the backend: libllama.v0.5.0.so, libllama.cuda.v0.5.0.so.

function(medgemma_find_library result stem)
  if(WIN32)
    file(GLOB found "${MEDGEMMA_LIB_DIR}/${stem}.*dll" "${MEDGEMMA_LIB_DIR}/${stem}.dll")
  elseif(APPLE)
    file(GLOB found "${MEDGEMMA_LIB_DIR}/lib${stem}.*dylib" "${MEDGEMMA_LIB_DIR}/lib${stem}.dylib")
  else()
    file(GLOB found "${MEDGEMMA_LIB_DIR}/lib${stem}.*so" "${MEDGEMMA_LIB_DIR}/lib${stem}.so")
  endif()
  list(LENGTH found count)
  if(count EQUAL 0)
    message(FATAL_ERROR "No ${stem} library in ${MEDGEMMA_LIB_DIR}: reinstall the @node-llama-cpp package of this platform.")
  endif()
  list(GET found 0 first)
  set(${result} "${first}" PARENT_SCOPE)
endfunction()

function(medgemma_import target stem)
  medgemma_find_library(file ${stem})
  add_library(${target} SHARED IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${MEDGEMMA_LLAMA_DIR}/include ${MEDGEMMA_LLAMA_DIR}/ggml/include)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${file}" IMPORTED_NO_SONAME OFF)
  if(WIN32)
    # The package has no import libraries: make one from the DLL's export table.
    get_filename_component(name "${file}" NAME_WE)
    set(definition "${CMAKE_BINARY_DIR}/${target}.def")
    set(import_library "${CMAKE_BINARY_DIR}/${target}.lib")
    execute_process(COMMAND ${CMAKE_COMMAND} -DDLL=${file} -DDEF=${definition} -DDUMPBIN=${CMAKE_LINKER}
                            -P ${CMAKE_SOURCE_DIR}/native/cmake/exports-to-def.cmake COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${CMAKE_AR} /def:${definition} /out:${import_library} /machine:${CMAKE_SYSTEM_PROCESSOR}
                    COMMAND_ERROR_IS_FATAL ANY)
    set_target_properties(${target} PROPERTIES IMPORTED_IMPLIB "${import_library}")
  endif()
endfunction()

medgemma_import(ggml-base ggml-base)
medgemma_import(ggml ggml)
medgemma_import(llama llama)
set_property(TARGET ggml APPEND PROPERTY INTERFACE_LINK_LIBRARIES ggml-base)
set_property(TARGET llama APPEND PROPERTY INTERFACE_LINK_LIBRARIES ggml)
