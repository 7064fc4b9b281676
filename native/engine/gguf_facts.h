#pragma once

#include <cstdint>
#include <string>

namespace medgemma {

// What a GGUF file's header says, read without its tensors and before llama.cpp sees the file: a wrong file
// is then an error with a name instead of an assertion.
struct GgufFacts {
  std::string architecture;  // general.architecture: gemma3, clip, ...
  std::string name;          // general.name
  std::string quantization;  // llama.cpp's name of general.file_type: F16, Q4_K_M, ...
  uint64_t bytes = 0;        // size of the file
  uint64_t tensors = 0;
  uint64_t parameters = 0;
  uint32_t context_length = 0;
  uint32_t embedding_length = 0;
  uint32_t block_count = 0;
  uint32_t vocabulary_size = 0;
  // clip only
  bool has_vision = false;
  std::string projector_type;
  uint32_t image_size = 0;
  uint32_t patch_size = 0;
  uint32_t projection_dim = 0;  // must equal the model's embedding_length
};

// Throws EngineError: file_not_found, not_gguf, gguf_truncated, gguf_invalid. Allocates no more than the
// header needs.
GgufFacts read_gguf_facts(const std::string& path);

// Throws not_gemma3, projector_as_model for a file that is no Gemma 3 language model.
void check_model(const GgufFacts& facts);

// Throws model_as_projector, projector_mismatch for a file that is no projector for `model`.
void check_projector(const GgufFacts& facts, const GgufFacts& model);

}  // namespace medgemma
