// BFloat16 operands with float32 sums: twice the multiply-adds of float32 on CPUs with AVX512_BF16.
#include "kernels.h"

#ifdef MEDGEMMA_SIGLIP_X86
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined registers of its own intrinsics for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "../cpu/cpu_features.h"
#include "../cpu/target_region.h"

namespace medgemma::siglip {

MEDGEMMA_TARGET_BEGIN("avx512bf16,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")
namespace {

#include "avx512_vector.h"

struct V : Avx512 {
  using Pair = __m512bh;
  using Element = uint16_t;
  static constexpr int kPair = 2;
  static constexpr int kDepth = 144;
  static constexpr int kBlockRows = 256;
  static constexpr int kExpTerms = 5;
  static constexpr Storage kStorage = Storage::kBF16;

  static Pair load_pairs(const Element* p) { return (Pair)_mm512_loadu_si512(p); }
  static Pair broadcast(const Element* p) {
    int32_t both;
    std::memcpy(&both, p, sizeof both);
    return (Pair)_mm512_set1_epi32(both);
  }
  static Reg multiply_add(Pair x, Pair y, Reg sum) { return _mm512_dpbf16_ps(sum, x, y); }
  static Element element(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return static_cast<Element>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
  }
  static void store_elements(Element* p, Reg x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), (__m256i)_mm512_cvtneps_pbh(x));
  }
  // Two rows of one column become neighbours. Rounds half away from zero, which is enough for probabilities.
  static void store_pairs(Element* p, const Reg* x) {
    const __m512i half = _mm512_set1_epi32(0x8000);
    const __m512i low = _mm512_srli_epi32(_mm512_add_epi32(_mm512_castps_si512(x[0]), half), 16);
    const __m512i high = _mm512_add_epi32(_mm512_castps_si512(x[1]), half);
    _mm512_storeu_si512(p, _mm512_mask_blend_epi16(0xaaaaaaaau, low, high));
  }
};

#include "kernels_body.h"

}  // namespace
MEDGEMMA_TARGET_END

const Kernels kAvx512Bf16Kernels = {
    "avx512bf16",  cpu_has_avx512_bf16, sizeof(V::Element), V::kPair,   V::kTileRows, kLanes,
    V::kBlockRows, &kAvx512Kernels,     scratch_bytes,      layer_norm, gemm,         attention};

}  // namespace medgemma::siglip
#endif
