// Float32 with 512-bit vectors.
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

#include "../cpu/cpu_features.h"
#include "../cpu/target_region.h"

namespace medgemma::siglip {

MEDGEMMA_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")
namespace {

#include "avx512_vector.h"

struct V : Avx512 {
  using Pair = Reg;
  using Element = float;
  static constexpr int kPair = 1;
  static constexpr int kDepth = 144;
  static constexpr int kBlockRows = 128;
  static constexpr int kExpTerms = 7;
  static constexpr Storage kStorage = Storage::kF32;

  static Pair load_pairs(const Element* p) { return load(p); }
  static Pair broadcast(const Element* p) { return set(*p); }
  static Reg multiply_add(Pair x, Pair y, Reg sum) { return fma(x, y, sum); }
  static Element element(float x) { return x; }
  static void store_elements(Element* p, Reg x) { store(p, x); }
  static void store_pairs(Element* p, const Reg* x) { store(p, x[0]); }
};

#include "kernels_body.h"

}  // namespace
MEDGEMMA_TARGET_END

const Kernels kAvx512Kernels = {"avx512", cpu_has_avx512, sizeof(V::Element), V::kPair,      V::kTileRows,
                                kLanes,   V::kBlockRows,  &kAvx512Kernels,    scratch_bytes, layer_norm,
                                gemm,     attention};

}  // namespace medgemma::siglip
#endif
