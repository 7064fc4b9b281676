// Float32 with 256-bit vectors.
#include "kernels.h"

#ifdef MEDGEMMA_SIGLIP_X86
#include <immintrin.h>

#include <algorithm>
#include <cmath>

#include "../cpu/cpu_features.h"
#include "../cpu/target_region.h"

namespace medgemma::siglip {

MEDGEMMA_TARGET_BEGIN("avx2,fma,f16c")
namespace {

struct V {
  using Reg = __m256;
  using Pair = __m256;
  using Element = float;
  static constexpr int kWidth = 8;
  static constexpr int kPair = 1;
  static constexpr int kTileRows = 4;
  static constexpr int kTileRegs = 3;
  static constexpr int kDepth = 288;
  static constexpr int kBlockRows = 128;
  static constexpr int kExpTerms = 7;
  static constexpr Storage kStorage = Storage::kF32;

  static Reg zero() { return _mm256_setzero_ps(); }
  static Reg set(float x) { return _mm256_set1_ps(x); }
  static Reg load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, Reg x) { _mm256_storeu_ps(p, x); }
  static Reg add(Reg x, Reg y) { return _mm256_add_ps(x, y); }
  static Reg sub(Reg x, Reg y) { return _mm256_sub_ps(x, y); }
  static Reg mul(Reg x, Reg y) { return _mm256_mul_ps(x, y); }
  static Reg div(Reg x, Reg y) { return _mm256_div_ps(x, y); }
  static Reg min(Reg x, Reg y) { return _mm256_min_ps(x, y); }
  static Reg max(Reg x, Reg y) { return _mm256_max_ps(x, y); }
  static Reg fma(Reg x, Reg y, Reg z) { return _mm256_fmadd_ps(x, y, z); }
  static Reg round(Reg x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static Reg clamp(Reg x) { return min(max(x, set(-126.0f)), set(126.0f)); }
  static Reg scale2(Reg x, Reg n) {
    const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(_mm256_add_ps(n, set(127.0f))), 23);
    return _mm256_mul_ps(x, _mm256_castsi256_ps(exponent));
  }
  static float total(Reg x) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
  }
  static bool all_equal(Reg x, Reg y) { return _mm256_movemask_ps(_mm256_cmp_ps(x, y, _CMP_NEQ_UQ)) == 0; }

  static Pair load_pairs(const Element* p) { return load(p); }
  static Pair broadcast(const Element* p) { return _mm256_broadcast_ss(p); }
  static Reg multiply_add(Pair x, Pair y, Reg sum) { return fma(x, y, sum); }
  static Element element(float x) { return x; }
  static void store_elements(Element* p, Reg x) { store(p, x); }
  static void store_pairs(Element* p, const Reg* x) { store(p, x[0]); }
  static Reg load_f16(const uint16_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Reg load_bf16(const uint16_t* p) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
  }
};

#include "kernels_body.h"

}  // namespace
MEDGEMMA_TARGET_END

const Kernels kAvx2Kernels = {"avx2", cpu_has_avx2,  sizeof(V::Element), V::kPair,      V::kTileRows,
                              kLanes, V::kBlockRows, &kAvx2Kernels,      scratch_bytes, layer_norm,
                              gemm,   attention};

}  // namespace medgemma::siglip
#endif
