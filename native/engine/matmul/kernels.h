// Products of packed weights with quantised activations, in the widest instructions that this CPU has.
#pragma once

#include <cstdint>
#include <vector>

#include "layout.h"

namespace medgemma::matmul {

struct Kernels {
  const char* name;
  bool (*available)();
  // `columns` (a multiple of 256) numbers to columns / 256 blocks, rounded as ggml's quantize_row_q8_K does.
  void (*quantize)(const float* row, Q8Block* to, int64_t columns);
  // out[r * stride + 16g + lane] for `groups` groups of 16 rows of weights and `rows` rows of activations,
  // each of `blocks` blocks.
  void (*q4_k)(const Q4Kx16* weights, int64_t groups, int64_t blocks, const Q8Block* activations,
               int64_t rows, float* out, int64_t stride);
  void (*q6_k)(const Q6Kx16* weights, int64_t groups, int64_t blocks, const Q8Block* activations,
               int64_t rows, float* out, int64_t stride);
};

// Those that this CPU can run, the best first; none where ggml's own kernels are as good.
std::vector<const Kernels*> available_kernels();

#if defined(__x86_64__) || defined(_M_X64)
#define MEDGEMMA_MATMUL_X86
extern const Kernels kAvx512VnniKernels;
extern const Kernels kAvx2Kernels;
#endif

}  // namespace medgemma::matmul
