#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace medgemma {

struct QuantizeParams {
  std::string input;
  std::string output;  // overwritten; removed again when it does not come to be whole
  std::string type;    // llama.cpp's name: Q4_K_M, Q8_0, ...
  int threads = 1;
};

struct QuantizeReport {
  uint64_t bytes = 0;  // of the output
  int matrices = 0;    // that the type could be used for
  int fallbacks = 0;   // of these, stored in another type because their width does not divide
  std::vector<std::string>
      kept;  // stored as they were although they are matrices, because code needs them so
};

// Returning false stops. Called from the calling thread with 0..1.
using QuantizeProgress = std::function<bool(float)>;

// The names that quantize() takes.
std::vector<std::string> quantize_types();

// llama.cpp's quantisation of a model or a projector. Blocks. Throws EngineError: as read_gguf_facts,
// quantize_unsupported when type and file do not go together, quantize_failed, aborted.
QuantizeReport quantize(const QuantizeParams& params, const QuantizeProgress& progress);

}  // namespace medgemma
