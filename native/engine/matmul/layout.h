// How weights and activations lie in memory for the matrix products of kernels.h.
//
// llama.cpp's Q4_K and Q6_K blocks (ggml-common.h) of 16 neighbouring rows are interleaved in steps of four
// bytes, so that one 512-bit register holds the same four columns of all 16 rows. Not a bit is added or lost.
#pragma once

#include <cstddef>
#include <cstdint>

namespace medgemma::matmul {

constexpr int kLanes = 16;   // rows of weights in a packed block
constexpr int kBlock = 256;  // columns of a block: ggml's QK_K
using Words = uint32_t[kLanes];

struct Q4Kx16 {
  uint16_t scale[kLanes];      // float16: of the scales of the eight sub-blocks
  uint16_t min_scale[kLanes];  // float16: of their minima
  Words scales[3];             // 8 scales and 8 minima of 6 bits, as ggml packs them into 12 bytes
  Words quants[4][8];  // [p][t]: columns 64p + 4t..+3 in the low nibbles, 64p + 32 + 4t..+3 in the high
};

struct Q6Kx16 {
  uint16_t scale[kLanes];  // float16: of the scales of the sixteen sub-blocks
  Words scales[4];         // 16 signed bytes
  // [h][s]: in the order of use, for reading from memory is what takes the time.
  struct Part {
    Words high[4];    // [t]: bits 4 and 5 of columns 128h + {0, 32, 64, 96} + 16s + 4t..+3
    Words low[2][4];  // [a][t]: bits 0..3 of columns 128h + 32a + 16s + 4t..+3, and of those 64 further
  } parts[2][2];
};

static_assert(sizeof(Q4Kx16) == kLanes * 144, "as large as 16 of ggml's blocks");
static_assert(sizeof(Q6Kx16) == kLanes * 210, "as large as 16 of ggml's blocks");

// 256 activations as ggml's Q8_K has them, with the sums that both kinds of weights need.
struct Q8Block {
  int8_t quants[kBlock];
  // Over 16 columns each; pairs are (0, 2), (1, 3), (4, 6), (5, 7), ... as the kernel for Q6_K meets the
  // scales.
  int16_t sums16[16];
  int16_t sums32[8];  // over 32 columns each
  float scale;
};

static_assert(sizeof(Q8Block) == 308, "no padding");

// Where the sum over columns 16i..16i+15 lies in sums16.
constexpr int sums16_place(int i) {
  return (i & ~3) | ((i & 1) << 1) | ((i & 2) >> 1);
}

// `rows` rows of `columns` (a multiple of 256) weights, as a GGUF file holds them. The last group is filled
// with zeros.
void pack_q4_k(const void* from, void* to, int64_t rows, int64_t columns);
void pack_q6_k(const void* from, void* to, int64_t rows, int64_t columns);

// One row of packed weights as float32.
void unpack_q4_k_row(const void* packed, int64_t row, int64_t columns, float* out);
void unpack_q6_k_row(const void* packed, int64_t row, int64_t columns, float* out);

}  // namespace medgemma::matmul
