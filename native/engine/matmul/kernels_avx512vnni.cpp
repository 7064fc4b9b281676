// 16 rows of weights a register; products of unsigned weights and signed activations by VPDPBUSD.
#include "kernels.h"

#ifdef MEDGEMMA_MATMUL_X86
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined registers of its own intrinsics for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "../cpu/cpu_features.h"
#include "../cpu/target_region.h"

namespace medgemma::matmul {

MEDGEMMA_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c,bmi")
namespace {

// Activations that share one reading of the weights: their sums fill half of the registers.
constexpr int kTile = 8;
constexpr size_t kAhead = 2048;  // bytes; measured

__m512i load(const Words& words) {
  return _mm512_loadu_si512(words);
}

__m512 load_halves(const uint16_t* halves) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves)));
}

// Four activations, or two sums, for all lanes.
__m512i broadcast(const void* four_bytes) {
  int32_t value;
  std::memcpy(&value, four_bytes, 4);
  return _mm512_set1_epi32(value);
}

// Asks for the weights two blocks further on, which the processor's own guesses do not reach soon enough.
template <typename Part>
void fetch_ahead(const Part& part) {
  const char* at = reinterpret_cast<const char*>(&part);
  for (size_t line = 0; line < sizeof(Part); line += 64) _mm_prefetch(at + kAhead + line, _MM_HINT_T0);
}

void quantize(const float* row, Q8Block* to, int64_t columns) {
  const __m512 sign = _mm512_set1_ps(-0.0f);
  for (int64_t b = 0; b < columns / kBlock; ++b, row += kBlock) {
    Q8Block& block = to[b];
    __m512 most = _mm512_setzero_ps();
    for (int i = 0; i < kBlock; i += 16)
      most = _mm512_max_ps(most, _mm512_andnot_ps(sign, _mm512_loadu_ps(row + i)));
    const float largest = _mm512_reduce_max_ps(most);
    if (!(largest > 0)) {
      std::memset(&block, 0, sizeof(block));
      continue;
    }
    // The first of the largest gives the sign, as in ggml's quantize_row_q8_K_ref.
    float first = largest;
    for (int i = 0; i < kBlock; i += 16) {
      const __m512 x = _mm512_loadu_ps(row + i);
      const __mmask16 hits =
          _mm512_cmp_ps_mask(_mm512_andnot_ps(sign, x), _mm512_set1_ps(largest), _CMP_EQ_OQ);
      if (hits == 0) continue;
      first = row[i + _tzcnt_u32(hits)];
      break;
    }
    const float inverse = -127.0f / first;
    const __m512 factor = _mm512_set1_ps(inverse);
    for (int i = 0; i < kBlock; i += 16) {
      const __m512i rounded = _mm512_min_epi32(
          _mm512_cvtps_epi32(_mm512_mul_ps(factor, _mm512_loadu_ps(row + i))), _mm512_set1_epi32(127));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(block.quants + i), _mm512_cvtepi32_epi8(rounded));
      block.sums16[sums16_place(i / 16)] = static_cast<int16_t>(_mm512_reduce_add_epi32(rounded));
    }
    for (int i = 0; i < 8; ++i) {
      block.sums32[i] =
          static_cast<int16_t>(block.sums16[sums16_place(2 * i)] + block.sums16[sums16_place(2 * i + 1)]);
    }
    block.scale = 1 / inverse;
  }
}

struct Q4Scales {
  __m512i scales[2];  // bytes 0..3 of each lane: sub-blocks 0..3 and 4..7
  __m512i mins[2];
};

// The two upper bits of each byte, where those of a 6-bit number belong.
__m512i upper_bits(__m512i word) {
  return _mm512_slli_epi32(_mm512_and_si512(_mm512_srli_epi32(word, 6), _mm512_set1_epi32(0x03030303)), 4);
}

// ggml's packing of 6-bit numbers (get_scale_min_k4), for 16 rows at once.
Q4Scales unpack_scales(const Q4Kx16& weights) {
  const __m512i six = _mm512_set1_epi32(0x3f3f3f3f);
  const __m512i four = _mm512_set1_epi32(0x0f0f0f0f);
  const __m512i w0 = load(weights.scales[0]);
  const __m512i w1 = load(weights.scales[1]);
  const __m512i w2 = load(weights.scales[2]);
  Q4Scales out;
  out.scales[0] = _mm512_and_si512(w0, six);
  out.scales[1] = _mm512_or_si512(_mm512_and_si512(w2, four), upper_bits(w0));
  out.mins[0] = _mm512_and_si512(w1, six);
  out.mins[1] = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi32(w2, 4), four), upper_bits(w1));
  return out;
}

// Bytes `first` and `first + 1` of each lane as two 16-bit numbers.
__m512i unsigned_pair(__m512i bytes, int first) {
  const __m512i word = _mm512_srli_epi32(bytes, static_cast<unsigned>(8 * first));
  return _mm512_or_si512(_mm512_and_si512(word, _mm512_set1_epi32(0xff)),
                         _mm512_slli_epi32(_mm512_and_si512(word, _mm512_set1_epi32(0xff00)), 8));
}

__m512 unsigned_byte(__m512i bytes, int index) {
  return _mm512_cvtepi32_ps(
      _mm512_and_si512(_mm512_srli_epi32(bytes, static_cast<unsigned>(8 * index)), _mm512_set1_epi32(0xff)));
}

__m512 signed_byte(__m512i bytes, int index) {
  return _mm512_cvtepi32_ps(
      _mm512_srai_epi32(_mm512_slli_epi32(bytes, static_cast<unsigned>(24 - 8 * index)), 24));
}

template <int N>
void q4_k_tile(const Q4Kx16* weights, int64_t blocks, const Q8Block* activations, float* out,
               int64_t stride) {
  const __m512i nibble = _mm512_set1_epi32(0x0f0f0f0f);
  __m512 total[N];
  for (int n = 0; n < N; ++n) total[n] = _mm512_setzero_ps();
  for (int64_t b = 0; b < blocks; ++b) {
    const Q4Kx16& w = weights[b];
    const Q8Block* x[N];
    for (int n = 0; n < N; ++n) x[n] = activations + n * blocks + b;
    const Q4Scales scales = unpack_scales(w);

    __m512 sum[N];
    for (int n = 0; n < N; ++n) sum[n] = _mm512_setzero_ps();
#pragma GCC unroll 4
    for (int p = 0; p < 4; ++p) {
      fetch_ahead(w.quants[p]);
      for (int high = 0; high < 2; ++high) {
        __m512i dot[N];
        for (int n = 0; n < N; ++n) dot[n] = _mm512_setzero_si512();
#pragma GCC unroll 8
        for (int t = 0; t < 8; ++t) {
          const __m512i words = load(w.quants[p][t]);
          const __m512i quants = _mm512_and_si512(high ? _mm512_srli_epi32(words, 4) : words, nibble);
          for (int n = 0; n < N; ++n)
            dot[n] =
                _mm512_dpbusd_epi32(dot[n], quants, broadcast(x[n]->quants + 64 * p + 32 * high + 4 * t));
        }
        const __m512 scale = unsigned_byte(scales.scales[p / 2], 2 * (p % 2) + high);
        for (int n = 0; n < N; ++n) sum[n] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot[n]), scale, sum[n]);
      }
    }
    __m512i below[N];
    for (int n = 0; n < N; ++n) below[n] = _mm512_setzero_si512();
    for (int p = 0; p < 4; ++p) {
      const __m512i mins = unsigned_pair(scales.mins[p / 2], 2 * (p % 2));
      for (int n = 0; n < N; ++n)
        below[n] = _mm512_dpwssd_epi32(below[n], mins, broadcast(x[n]->sums32 + 2 * p));
    }
    const __m512 scale = load_halves(w.scale);
    const __m512 min_scale = load_halves(w.min_scale);
    for (int n = 0; n < N; ++n) {
      const __m512 difference =
          _mm512_fmsub_ps(sum[n], scale, _mm512_mul_ps(_mm512_cvtepi32_ps(below[n]), min_scale));
      total[n] = _mm512_fmadd_ps(difference, _mm512_set1_ps(x[n]->scale), total[n]);
    }
  }
  for (int n = 0; n < N; ++n) _mm512_storeu_ps(out + n * stride, total[n]);
}

template <int N>
void q6_k_tile(const Q6Kx16* weights, int64_t blocks, const Q8Block* activations, float* out,
               int64_t stride) {
  const __m512i nibble = _mm512_set1_epi32(0x0f0f0f0f);
  const __m512i upper = _mm512_set1_epi32(0x30303030);
  __m512 total[N];
  for (int n = 0; n < N; ++n) total[n] = _mm512_setzero_ps();
  for (int64_t b = 0; b < blocks; ++b) {
    const Q6Kx16& w = weights[b];
    const Q8Block* x[N];
    for (int n = 0; n < N; ++n) x[n] = activations + n * blocks + b;

    __m512 sum[N];
    for (int n = 0; n < N; ++n) sum[n] = _mm512_setzero_ps();
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
#pragma GCC unroll 2
      for (int s = 0; s < 2; ++s) {
        const Q6Kx16::Part& part = w.parts[h][s];
        fetch_ahead(part);
#pragma GCC unroll 4
        for (int c = 0; c < 4; ++c) {
          __m512i dot[N];
          for (int n = 0; n < N; ++n) dot[n] = _mm512_setzero_si512();
#pragma GCC unroll 4
          for (int t = 0; t < 4; ++t) {
            const __m512i low = load(part.low[c % 2][t]);
            const __m512i high = load(part.high[t]);
            const __m512i high_bits = c == 0   ? _mm512_slli_epi32(high, 4)
                                      : c == 1 ? _mm512_slli_epi32(high, 2)
                                      : c == 2 ? high
                                               : _mm512_srli_epi32(high, 2);
            const __m512i quants =
                _mm512_or_si512(_mm512_and_si512(c < 2 ? low : _mm512_srli_epi32(low, 4), nibble),
                                _mm512_and_si512(high_bits, upper));
            for (int n = 0; n < N; ++n) {
              dot[n] = _mm512_dpbusd_epi32(dot[n], quants,
                                           broadcast(x[n]->quants + 128 * h + 32 * c + 16 * s + 4 * t));
            }
          }
          const int j = 8 * h + 2 * c + s;
          const __m512 scale = signed_byte(load(w.scales[j / 4]), j % 4);
          for (int n = 0; n < N; ++n) sum[n] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot[n]), scale, sum[n]);
        }
      }
    }
    // The quants are 32 too large.
    __m512i surplus[N];
    for (int n = 0; n < N; ++n) surplus[n] = _mm512_setzero_si512();
    for (int i = 0; i < 4; ++i) {
      const __m512i bytes = load(w.scales[i]);
      const __m512i even = _mm512_srai_epi16(_mm512_slli_epi16(bytes, 8), 8);
      const __m512i odd = _mm512_srai_epi16(bytes, 8);
      for (int n = 0; n < N; ++n) {
        surplus[n] = _mm512_dpwssd_epi32(surplus[n], even, broadcast(x[n]->sums16 + 4 * i));
        surplus[n] = _mm512_dpwssd_epi32(surplus[n], odd, broadcast(x[n]->sums16 + 4 * i + 2));
      }
    }
    const __m512 scale = load_halves(w.scale);
    for (int n = 0; n < N; ++n) {
      const __m512 dot = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(surplus[n]), _mm512_set1_ps(32), sum[n]);
      total[n] = _mm512_fmadd_ps(_mm512_mul_ps(dot, scale), _mm512_set1_ps(x[n]->scale), total[n]);
    }
  }
  for (int n = 0; n < N; ++n) _mm512_storeu_ps(out + n * stride, total[n]);
}

template <typename Packed>
using Tile = void (*)(const Packed*, int64_t, const Q8Block*, float*, int64_t);

// A group of weights stays in the cache for all activations.
template <typename Packed>
void multiply(const Tile<Packed> (&tiles)[kTile], const Packed* weights, int64_t groups, int64_t blocks,
              const Q8Block* activations, int64_t rows, float* out, int64_t stride) {
  for (int64_t g = 0; g < groups; ++g) {
    for (int64_t row = 0; row < rows; row += kTile) {
      const int64_t count = std::min<int64_t>(kTile, rows - row);
      tiles[count - 1](weights + g * blocks, blocks, activations + row * blocks,
                       out + row * stride + g * kLanes, stride);
    }
  }
}

void q4_k(const Q4Kx16* weights, int64_t groups, int64_t blocks, const Q8Block* activations, int64_t rows,
          float* out, int64_t stride) {
  static constexpr Tile<Q4Kx16> kTiles[kTile] = {q4_k_tile<1>, q4_k_tile<2>, q4_k_tile<3>, q4_k_tile<4>,
                                                 q4_k_tile<5>, q4_k_tile<6>, q4_k_tile<7>, q4_k_tile<8>};
  multiply(kTiles, weights, groups, blocks, activations, rows, out, stride);
}

void q6_k(const Q6Kx16* weights, int64_t groups, int64_t blocks, const Q8Block* activations, int64_t rows,
          float* out, int64_t stride) {
  static constexpr Tile<Q6Kx16> kTiles[kTile] = {q6_k_tile<1>, q6_k_tile<2>, q6_k_tile<3>, q6_k_tile<4>,
                                                 q6_k_tile<5>, q6_k_tile<6>, q6_k_tile<7>, q6_k_tile<8>};
  multiply(kTiles, weights, groups, blocks, activations, rows, out, stride);
}

}  // namespace
MEDGEMMA_TARGET_END

const Kernels kAvx512VnniKernels = {"avx512vnni", cpu_has_avx512_vnni, quantize, q4_k, q6_k};

}  // namespace medgemma::matmul
#endif
