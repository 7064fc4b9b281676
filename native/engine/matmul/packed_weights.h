// Puts the products of kernels.h into ggml's CPU backend.
#pragma once

#include <string>

namespace medgemma::matmul {

// Weights of type Q4_K and Q6_K that are loaded from now on lie packed, and ggml's CPU backend multiplies
// them with kernels.h, in its own threads. `wanted` names the kernels; empty takes the best, any other word
// leaves ggml's. Does nothing where this CPU gains nothing, or where the backend does not let itself be
// extended (Windows). Call once, before the first model is loaded.
void install_packed_weights(const std::string& wanted);

// Of the kernels that are installed; "ggml" for none.
const char* installed_kernels();

}  // namespace medgemma::matmul
