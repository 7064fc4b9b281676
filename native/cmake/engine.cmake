# The engine: C++17 over llama.h, mtmd.h and ggml.h, without Node.

file(GLOB_RECURSE MEDGEMMA_ENGINE_SOURCES CONFIGURE_DEPENDS native/engine/*.cpp)
add_library(medgemma-engine STATIC ${MEDGEMMA_ENGINE_SOURCES})
target_include_directories(medgemma-engine PUBLIC native/engine)
target_link_libraries(medgemma-engine PUBLIC llama ggml mtmd Threads::Threads)

function(medgemma_own_code target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /EHsc)
  else()
    target_compile_options(${target} PRIVATE -Wall -Wextra -fexceptions)
  endif()
  if(MEDGEMMA_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${MEDGEMMA_SANITIZE} -fno-omit-frame-pointer -g)
    target_link_options(${target} PUBLIC -fsanitize=${MEDGEMMA_SANITIZE})
  endif()
endfunction()
medgemma_own_code(medgemma-engine)
# Warnings of headers that are not ours are not ours to mend.
get_target_property(dirs mtmd INTERFACE_INCLUDE_DIRECTORIES)
target_include_directories(medgemma-engine SYSTEM PUBLIC
  ${MEDGEMMA_LLAMA_DIR}/include ${MEDGEMMA_LLAMA_DIR}/ggml/include ${MEDGEMMA_LLAMA_DIR}/tools/mtmd
  ${MEDGEMMA_LLAMA_DIR}/common ${MEDGEMMA_LLAMA_DIR}/vendor
  ${MEDGEMMA_LLAMA_DIR}/ggml/src)  # ggml-backend-impl.h: matmul/packed_weights.cpp
