// The arithmetic of the SigLIP encoder, one table of functions for each instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace medgemma::siglip {

// How the numbers of a weight matrix are kept in memory.
enum class Storage { kF32, kF16, kBF16 };

size_t storage_size(Storage storage);

// A weight matrix of n rows (outputs) and k columns (inputs), cut into panels of `lanes` outputs. A panel
// holds [k / pair][lanes][pair] numbers, so that one vector load brings the same input column(s) of many
// outputs.
struct Matrix {
  int n = 0;
  int k = 0;
  Storage storage = Storage::kF32;
  size_t panel_bytes = 0;
  const uint8_t* panels = nullptr;
  std::vector<float> bias;  // padded with zeros to whole panels
};

// What becomes of a product.
enum class Epilogue {
  kStore,       // out = product + bias
  kTranspose,   // out[column][row] = product + bias
  kGelu,        // out = gelu(product + bias)
  kAccumulate,  // residual += product + bias
};

// `rows` rows of activations times the panels [panel_begin, panel_end) of a matrix.
struct GemmTask {
  const Matrix* weights = nullptr;
  int panel_begin = 0;
  int panel_end = 0;
  const void* input = nullptr;  // elements, first row of this task
  size_t input_stride = 0;
  int row_begin = 0;  // offset of this task's rows in `output` or `residual`
  int rows = 0;       // a multiple of tile_rows
  Epilogue epilogue = Epilogue::kStore;
  void* output = nullptr;  // elements
  size_t output_stride = 0;
  float* residual = nullptr;
};

// Softmax attention of one head for `lanes` queries from `query_begin` over all keys.
struct AttentionTask {
  const void* q = nullptr;    // elements [tokens][stride]
  const void* k = nullptr;    // elements [tokens][stride]
  const void* v_t = nullptr;  // elements [channels][token_stride]
  void* output = nullptr;     // elements [tokens][stride]
  size_t stride = 0;
  size_t token_stride = 0;
  int tokens = 0;
  int head = 0;
  int head_size = 0;
  int query_begin = 0;
};

// An element is what activations are made of between the matrix products: float or bfloat16.
struct Kernels {
  const char* name;
  bool (*usable)();
  int element_size;
  int pair;              // elements that one multiply-add instruction takes along the inner dimension
  int tile_rows;         // rows of a register tile
  int lanes;             // columns of a register tile
  int block_rows;        // rows of a GEMM task: their activations should fit the second-level cache
  const Kernels* exact;  // the float32 table of the same CPU: for the first and the last layer

  size_t (*scratch_bytes)(int head_size);
  void (*layer_norm)(const float* x, int n, const float* weight, const float* bias, float eps, void* out);
  void (*gemm)(const GemmTask& task, void* scratch);
  void (*attention)(const AttentionTask& task, void* scratch);
};

// Best first; the last is plain C++ and always usable.
const std::vector<const Kernels*>& all_kernels();

// The first usable table, or the one called `name`; null if there is none or the CPU lacks it.
const Kernels* find_kernels(const std::string& name = "");

extern const Kernels kPortableKernels;
#if defined(__x86_64__) || defined(_M_X64)
#define MEDGEMMA_SIGLIP_X86 1
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx512Bf16Kernels;
#endif

}  // namespace medgemma::siglip
