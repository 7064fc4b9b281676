// Eight rows of weights a register; products by VPMADDUBSW, whose 16-bit sums of a sub-block cannot overflow.
#include "kernels.h"

#ifdef MEDGEMMA_MATMUL_X86
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "../cpu/cpu_features.h"
#include "../cpu/target_region.h"

namespace medgemma::matmul {

MEDGEMMA_TARGET_BEGIN("avx2,fma,f16c")
namespace {

constexpr int kTile = 4;
constexpr int kWidth = 8;        // lanes of a register: half a group
constexpr size_t kAhead = 2048;  // bytes; measured

__m256i load(const uint32_t* words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
}

__m256 load_halves(const uint16_t* halves) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves)));
}

// Four activations, or two sums, for all lanes.
__m256i broadcast(const void* four_bytes) {
  int32_t value;
  std::memcpy(&value, four_bytes, 4);
  return _mm256_set1_epi32(value);
}

template <typename Part>
void fetch_ahead(const Part& part) {
  const char* at = reinterpret_cast<const char*>(&part);
  for (size_t line = 0; line < sizeof(Part); line += 64) _mm_prefetch(at + kAhead + line, _MM_HINT_T0);
}

void quantize(const float* row, Q8Block* to, int64_t columns) {
  for (int64_t b = 0; b < columns / kBlock; ++b, row += kBlock) {
    Q8Block& block = to[b];
    float first = 0;
    for (int i = 0; i < kBlock; ++i) {
      if (std::fabs(row[i]) > std::fabs(first)) first = row[i];
    }
    if (first == 0) {
      std::memset(&block, 0, sizeof(block));
      continue;
    }
    const float inverse = -127.0f / first;
    const __m256 factor = _mm256_set1_ps(inverse);
    for (int part = 0; part < kBlock / 16; ++part) {
      int sum = 0;
      alignas(32) int32_t rounded[16];
      for (int i = 0; i < 16; i += 8) {
        const __m256 scaled = _mm256_mul_ps(factor, _mm256_loadu_ps(row + 16 * part + i));
        _mm256_store_si256(reinterpret_cast<__m256i*>(rounded + i),
                           _mm256_min_epi32(_mm256_cvtps_epi32(scaled), _mm256_set1_epi32(127)));
      }
      for (int i = 0; i < 16; ++i) {
        block.quants[16 * part + i] = static_cast<int8_t>(rounded[i]);
        sum += rounded[i];
      }
      block.sums16[sums16_place(part)] = static_cast<int16_t>(sum);
    }
    for (int i = 0; i < 8; ++i) {
      block.sums32[i] =
          static_cast<int16_t>(block.sums16[sums16_place(2 * i)] + block.sums16[sums16_place(2 * i + 1)]);
    }
    block.scale = 1 / inverse;
  }
}

struct Q4Scales {
  __m256i scales[2];  // bytes 0..3 of each lane: sub-blocks 0..3 and 4..7
  __m256i mins[2];
};

// The two upper bits of each byte, where those of a 6-bit number belong.
__m256i upper_bits(__m256i word) {
  return _mm256_slli_epi32(_mm256_and_si256(_mm256_srli_epi32(word, 6), _mm256_set1_epi32(0x03030303)), 4);
}

// ggml's packing of 6-bit numbers (get_scale_min_k4), for 8 rows at once.
Q4Scales unpack_scales(const Q4Kx16& weights, int lane) {
  const __m256i six = _mm256_set1_epi32(0x3f3f3f3f);
  const __m256i four = _mm256_set1_epi32(0x0f0f0f0f);
  const __m256i w0 = load(weights.scales[0] + lane);
  const __m256i w1 = load(weights.scales[1] + lane);
  const __m256i w2 = load(weights.scales[2] + lane);
  Q4Scales out;
  out.scales[0] = _mm256_and_si256(w0, six);
  out.scales[1] = _mm256_or_si256(_mm256_and_si256(w2, four), upper_bits(w0));
  out.mins[0] = _mm256_and_si256(w1, six);
  out.mins[1] = _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi32(w2, 4), four), upper_bits(w1));
  return out;
}

// Bytes `first` and `first + 1` of each lane as two 16-bit numbers.
__m256i unsigned_pair(__m256i bytes, int first) {
  const __m256i word = _mm256_srli_epi32(bytes, 8 * first);
  return _mm256_or_si256(_mm256_and_si256(word, _mm256_set1_epi32(0xff)),
                         _mm256_slli_epi32(_mm256_and_si256(word, _mm256_set1_epi32(0xff00)), 8));
}

// A byte of each lane twice, as two 16-bit numbers.
__m256i unsigned_twice(__m256i bytes, int index) {
  const __m256i byte = _mm256_and_si256(_mm256_srli_epi32(bytes, 8 * index), _mm256_set1_epi32(0xff));
  return _mm256_or_si256(byte, _mm256_slli_epi32(byte, 16));
}

__m256i signed_twice(__m256i bytes, int index) {
  const __m256i byte = _mm256_srai_epi32(_mm256_slli_epi32(bytes, 24 - 8 * index), 24);
  return _mm256_or_si256(_mm256_and_si256(byte, _mm256_set1_epi32(0xffff)), _mm256_slli_epi32(byte, 16));
}

template <int N>
void q4_k_tile(const Q4Kx16* weights, int64_t blocks, const Q8Block* activations, float* out,
               int64_t stride) {
  const __m256i nibble = _mm256_set1_epi32(0x0f0f0f0f);
  __m256 totals[2][N];
  for (int n = 0; n < N; ++n) totals[0][n] = totals[1][n] = _mm256_setzero_ps();
  for (int64_t b = 0; b < blocks; ++b) {
    const Q4Kx16& w = weights[b];
    const Q8Block* x[N];
    for (int n = 0; n < N; ++n) x[n] = activations + n * blocks + b;
    // Both halves of a block while it is in the first cache.
    for (int lane = 0; lane < kLanes; lane += kWidth) {
      __m256* total = totals[lane / kWidth];
      const Q4Scales scales = unpack_scales(w, lane);

      __m256i sum[N];
      for (int n = 0; n < N; ++n) sum[n] = _mm256_setzero_si256();
      for (int p = 0; p < 4; ++p) {
        if (lane == 0) fetch_ahead(w.quants[p]);
        for (int high = 0; high < 2; ++high) {
          __m256i dot[N];  // at most 8 * 2 * 15 * 127 < 2^15
          for (int n = 0; n < N; ++n) dot[n] = _mm256_setzero_si256();
#pragma GCC unroll 8
          for (int t = 0; t < 8; ++t) {
            const __m256i words = load(w.quants[p][t] + lane);
            const __m256i quants = _mm256_and_si256(high ? _mm256_srli_epi32(words, 4) : words, nibble);
            for (int n = 0; n < N; ++n) {
              const __m256i four = broadcast(x[n]->quants + 64 * p + 32 * high + 4 * t);
              dot[n] = _mm256_add_epi16(dot[n], _mm256_maddubs_epi16(quants, four));
            }
          }
          const __m256i scale = unsigned_twice(scales.scales[p / 2], 2 * (p % 2) + high);
          for (int n = 0; n < N; ++n) sum[n] = _mm256_add_epi32(sum[n], _mm256_madd_epi16(dot[n], scale));
        }
      }
      __m256i below[N];
      for (int n = 0; n < N; ++n) below[n] = _mm256_setzero_si256();
      for (int p = 0; p < 4; ++p) {
        const __m256i mins = unsigned_pair(scales.mins[p / 2], 2 * (p % 2));
        for (int n = 0; n < N; ++n)
          below[n] = _mm256_add_epi32(below[n], _mm256_madd_epi16(mins, broadcast(x[n]->sums32 + 2 * p)));
      }
      const __m256 scale = load_halves(w.scale + lane);
      const __m256 min_scale = load_halves(w.min_scale + lane);
      for (int n = 0; n < N; ++n) {
        const __m256 difference = _mm256_fmsub_ps(_mm256_cvtepi32_ps(sum[n]), scale,
                                                  _mm256_mul_ps(_mm256_cvtepi32_ps(below[n]), min_scale));
        total[n] = _mm256_fmadd_ps(difference, _mm256_set1_ps(x[n]->scale), total[n]);
      }
    }
  }
  for (int n = 0; n < N; ++n) {
    _mm256_storeu_ps(out + n * stride, totals[0][n]);
    _mm256_storeu_ps(out + n * stride + kWidth, totals[1][n]);
  }
}

template <int N>
void q6_k_tile(const Q6Kx16* weights, int64_t blocks, const Q8Block* activations, float* out,
               int64_t stride) {
  const __m256i nibble = _mm256_set1_epi32(0x0f0f0f0f);
  const __m256i upper = _mm256_set1_epi32(0x30303030);
  __m256 totals[2][N];
  for (int n = 0; n < N; ++n) totals[0][n] = totals[1][n] = _mm256_setzero_ps();
  for (int64_t b = 0; b < blocks; ++b) {
    const Q6Kx16& w = weights[b];
    const Q8Block* x[N];
    for (int n = 0; n < N; ++n) x[n] = activations + n * blocks + b;
    // Both halves of a block while it is in the first cache.
    for (int lane = 0; lane < kLanes; lane += kWidth) {
      __m256* total = totals[lane / kWidth];
      __m256i sum[N];
      for (int n = 0; n < N; ++n) sum[n] = _mm256_setzero_si256();
      for (int h = 0; h < 2; ++h) {
        for (int s = 0; s < 2; ++s) {
          const Q6Kx16::Part& part = w.parts[h][s];
          if (lane == 0) fetch_ahead(part);
#pragma GCC unroll 4
          for (int c = 0; c < 4; ++c) {
            const int j = 8 * h + 2 * c + s;
            const __m256i scale = signed_twice(load(w.scales[j / 4] + lane), j % 4);
            for (int pair = 0; pair < 4; pair += 2) {
              __m256i dot[N];  // at most 2 * 2 * 63 * 127 < 2^15
              for (int n = 0; n < N; ++n) dot[n] = _mm256_setzero_si256();
#pragma GCC unroll 2
              for (int t = pair; t < pair + 2; ++t) {
                const __m256i low = load(part.low[c % 2][t] + lane);
                const __m256i high = load(part.high[t] + lane);
                const __m256i high_bits = c == 0   ? _mm256_slli_epi32(high, 4)
                                          : c == 1 ? _mm256_slli_epi32(high, 2)
                                          : c == 2 ? high
                                                   : _mm256_srli_epi32(high, 2);
                const __m256i quants =
                    _mm256_or_si256(_mm256_and_si256(c < 2 ? low : _mm256_srli_epi32(low, 4), nibble),
                                    _mm256_and_si256(high_bits, upper));
                for (int n = 0; n < N; ++n) {
                  const __m256i four = broadcast(x[n]->quants + 128 * h + 32 * c + 16 * s + 4 * t);
                  dot[n] = _mm256_add_epi16(dot[n], _mm256_maddubs_epi16(quants, four));
                }
              }
              for (int n = 0; n < N; ++n) sum[n] = _mm256_add_epi32(sum[n], _mm256_madd_epi16(dot[n], scale));
            }
          }
        }
      }
      // The quants are 32 too large.
      __m256i surplus[N];
      for (int n = 0; n < N; ++n) surplus[n] = _mm256_setzero_si256();
      for (int i = 0; i < 4; ++i) {
        const __m256i bytes = load(w.scales[i] + lane);
        const __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8);
        const __m256i odd = _mm256_srai_epi16(bytes, 8);
        for (int n = 0; n < N; ++n) {
          const __m256i even_sums = _mm256_madd_epi16(even, broadcast(x[n]->sums16 + 4 * i));
          const __m256i odd_sums = _mm256_madd_epi16(odd, broadcast(x[n]->sums16 + 4 * i + 2));
          surplus[n] = _mm256_add_epi32(surplus[n], _mm256_add_epi32(even_sums, odd_sums));
        }
      }
      const __m256 scale = load_halves(w.scale + lane);
      for (int n = 0; n < N; ++n) {
        const __m256i dot = _mm256_sub_epi32(sum[n], _mm256_slli_epi32(surplus[n], 5));
        total[n] = _mm256_fmadd_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(dot), scale), _mm256_set1_ps(x[n]->scale),
                                   total[n]);
      }
    }
  }
  for (int n = 0; n < N; ++n) {
    _mm256_storeu_ps(out + n * stride, totals[0][n]);
    _mm256_storeu_ps(out + n * stride + kWidth, totals[1][n]);
  }
}

template <typename Packed>
using Tile = void (*)(const Packed*, int64_t, const Q8Block*, float*, int64_t);

// A group of weights stays in the cache for all activations.
template <typename Packed>
void multiply(const Tile<Packed> (&tiles)[kTile], const Packed* weights, int64_t groups, int64_t blocks,
              const Q8Block* activations, int64_t rows, float* out, int64_t stride) {
  for (int64_t g = 0; g < groups; ++g) {
    for (int64_t row = 0; row < rows; row += kTile) {
      const Tile<Packed> tile = tiles[std::min<int64_t>(kTile, rows - row) - 1];
      tile(weights + g * blocks, blocks, activations + row * blocks, out + row * stride + g * kLanes, stride);
    }
  }
}

void q4_k(const Q4Kx16* weights, int64_t groups, int64_t blocks, const Q8Block* activations, int64_t rows,
          float* out, int64_t stride) {
  static constexpr Tile<Q4Kx16> kTiles[kTile] = {q4_k_tile<1>, q4_k_tile<2>, q4_k_tile<3>, q4_k_tile<4>};
  multiply(kTiles, weights, groups, blocks, activations, rows, out, stride);
}

void q6_k(const Q6Kx16* weights, int64_t groups, int64_t blocks, const Q8Block* activations, int64_t rows,
          float* out, int64_t stride) {
  static constexpr Tile<Q6Kx16> kTiles[kTile] = {q6_k_tile<1>, q6_k_tile<2>, q6_k_tile<3>, q6_k_tile<4>};
  multiply(kTiles, weights, groups, blocks, activations, rows, out, stride);
}

}  // namespace
MEDGEMMA_TARGET_END

const Kernels kAvx2Kernels = {"avx2", cpu_has_avx2, quantize, q4_k, q6_k};

}  // namespace medgemma::matmul
#endif
