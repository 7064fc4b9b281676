// What both AVX-512 kernels have in common; included inside their regions, like kernels_body.h: no include
// guard.
struct Avx512 {
  using Reg = __m512;
  static constexpr int kWidth = 16;
  static constexpr int kTileRows = 8;
  static constexpr int kTileRegs = 3;

  static Reg zero() { return _mm512_setzero_ps(); }
  static Reg set(float x) { return _mm512_set1_ps(x); }
  static Reg load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, Reg x) { _mm512_storeu_ps(p, x); }
  static Reg add(Reg x, Reg y) { return _mm512_add_ps(x, y); }
  static Reg sub(Reg x, Reg y) { return _mm512_sub_ps(x, y); }
  static Reg mul(Reg x, Reg y) { return _mm512_mul_ps(x, y); }
  static Reg div(Reg x, Reg y) { return _mm512_div_ps(x, y); }
  static Reg min(Reg x, Reg y) { return _mm512_min_ps(x, y); }
  static Reg max(Reg x, Reg y) { return _mm512_max_ps(x, y); }
  static Reg fma(Reg x, Reg y, Reg z) { return _mm512_fmadd_ps(x, y, z); }
  static Reg round(Reg x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  // Overflow to infinity and underflow to zero are scale2's.
  static Reg clamp(Reg x) { return x; }
  static Reg scale2(Reg x, Reg n) { return _mm512_scalef_ps(x, n); }
  static float total(Reg x) { return _mm512_reduce_add_ps(x); }
  static bool all_equal(Reg x, Reg y) { return _mm512_cmp_ps_mask(x, y, _CMP_NEQ_UQ) == 0; }

  static __m256i load_halves(const uint16_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static Reg load_f16(const uint16_t* p) { return _mm512_cvtph_ps(load_halves(p)); }
  static Reg load_bf16(const uint16_t* p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(load_halves(p)), 16));
  }
};
