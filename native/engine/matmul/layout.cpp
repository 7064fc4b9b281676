#include "layout.h"

#include <cstring>

#include <ggml.h>

namespace medgemma::matmul {
namespace {

// The same bytes as block_q4_K and block_q6_K of ggml-common.h.
struct Q4K {
  uint16_t scale;
  uint16_t min_scale;
  uint8_t scales[12];
  uint8_t quants[kBlock / 2];
};
struct Q6K {
  uint8_t low[kBlock / 2];
  uint8_t high[kBlock / 4];
  int8_t scales[16];
  uint16_t scale;
};
static_assert(sizeof(Q4K) == 144 && sizeof(Q6K) == 210, "as in ggml-common.h");

uint32_t word(const void* bytes, int index) {
  uint32_t value;
  std::memcpy(&value, static_cast<const uint8_t*>(bytes) + 4 * static_cast<ptrdiff_t>(index), 4);
  return value;
}

void put_word(void* bytes, int index, uint32_t value) {
  std::memcpy(static_cast<uint8_t*>(bytes) + 4 * static_cast<ptrdiff_t>(index), &value, 4);
}

void pack(const Q4K& from, Q4Kx16& to, int lane) {
  to.scale[lane] = from.scale;
  to.min_scale[lane] = from.min_scale;
  for (int i = 0; i < 3; ++i) to.scales[i][lane] = word(from.scales, i);
  for (int p = 0; p < 4; ++p) {
    for (int t = 0; t < 8; ++t) to.quants[p][t][lane] = word(from.quants, 8 * p + t);
  }
}

Q4K lane_of(const Q4Kx16& from, int lane) {
  Q4K to;
  to.scale = from.scale[lane];
  to.min_scale = from.min_scale[lane];
  for (int i = 0; i < 3; ++i) put_word(to.scales, i, from.scales[i][lane]);
  for (int p = 0; p < 4; ++p) {
    for (int t = 0; t < 8; ++t) put_word(to.quants, 8 * p + t, from.quants[p][t][lane]);
  }
  return to;
}

void pack(const Q6K& from, Q6Kx16& to, int lane) {
  to.scale[lane] = from.scale;
  for (int i = 0; i < 4; ++i) to.scales[i][lane] = word(from.scales, i);
  for (int h = 0; h < 2; ++h) {
    for (int t = 0; t < 8; ++t) {
      Q6Kx16::Part& part = to.parts[h][t / 4];
      part.high[t % 4][lane] = word(from.high, 8 * h + t);
      for (int a = 0; a < 2; ++a) part.low[a][t % 4][lane] = word(from.low, 16 * h + 8 * a + t);
    }
  }
}

Q6K lane_of(const Q6Kx16& from, int lane) {
  Q6K to;
  to.scale = from.scale[lane];
  for (int i = 0; i < 4; ++i) put_word(to.scales, i, from.scales[i][lane]);
  for (int h = 0; h < 2; ++h) {
    for (int t = 0; t < 8; ++t) {
      const Q6Kx16::Part& part = from.parts[h][t / 4];
      put_word(to.high, 8 * h + t, part.high[t % 4][lane]);
      for (int a = 0; a < 2; ++a) put_word(to.low, 16 * h + 8 * a + t, part.low[a][t % 4][lane]);
    }
  }
  return to;
}

template <typename Block, typename Packed>
void pack_rows(const void* from, void* to, int64_t rows, int64_t columns) {
  const int64_t blocks = columns / kBlock;
  const Block* source = static_cast<const Block*>(from);
  Packed* packed = static_cast<Packed*>(to);
  // Rows that are missing in the last group count as zeros.
  if (rows % kLanes != 0) std::memset(packed + rows / kLanes * blocks, 0, sizeof(Packed) * blocks);
  for (int64_t row = 0; row < rows; ++row) {
    Packed* group = packed + row / kLanes * blocks;
    for (int64_t b = 0; b < blocks; ++b)
      pack(source[row * blocks + b], group[b], static_cast<int>(row % kLanes));
  }
}

template <typename Packed>
void unpack_row(ggml_type type, const void* packed, int64_t row, int64_t columns, float* out) {
  const int64_t blocks = columns / kBlock;
  const Packed* group = static_cast<const Packed*>(packed) + row / kLanes * blocks;
  for (int64_t b = 0; b < blocks; ++b) {
    const auto block = lane_of(group[b], static_cast<int>(row % kLanes));
    ggml_get_type_traits(type)->to_float(&block, out + b * kBlock, kBlock);
  }
}

}  // namespace

void pack_q4_k(const void* from, void* to, int64_t rows, int64_t columns) {
  pack_rows<Q4K, Q4Kx16>(from, to, rows, columns);
}

void pack_q6_k(const void* from, void* to, int64_t rows, int64_t columns) {
  pack_rows<Q6K, Q6Kx16>(from, to, rows, columns);
}

void unpack_q4_k_row(const void* packed, int64_t row, int64_t columns, float* out) {
  unpack_row<Q4Kx16>(GGML_TYPE_Q4_K, packed, row, columns, out);
}

void unpack_q6_k_row(const void* packed, int64_t row, int64_t columns, float* out) {
  unpack_row<Q6Kx16>(GGML_TYPE_Q6_K, packed, row, columns, out);
}

}  // namespace medgemma::matmul
