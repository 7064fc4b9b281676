// Plain C++ that a compiler turns into the vectors of its base instruction set: the reference for the tests.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ggml.h"
#include "kernels.h"

namespace medgemma::siglip {
namespace {

bool always() {
  return true;
}

struct V {
  static constexpr int kWidth = 4;
  struct Reg {
    float x[kWidth];
  };
  using Pair = Reg;
  using Element = float;
  static constexpr int kPair = 1;
  static constexpr int kTileRows = 4;
  static constexpr int kTileRegs = 2;
  static constexpr int kDepth = 288;
  static constexpr int kBlockRows = 128;
  static constexpr int kExpTerms = 7;
  static constexpr Storage kStorage = Storage::kF32;

  template <class F>
  static Reg each(F f) {
    Reg r;
    for (int i = 0; i < kWidth; ++i) r.x[i] = f(i);
    return r;
  }
  static Reg zero() { return set(0.0f); }
  static Reg set(float v) {
    return each([&](int) { return v; });
  }
  static Reg load(const float* p) {
    return each([&](int i) { return p[i]; });
  }
  static void store(float* p, const Reg& a) { std::memcpy(p, a.x, sizeof a.x); }
  static Reg add(const Reg& a, const Reg& b) {
    return each([&](int i) { return a.x[i] + b.x[i]; });
  }
  static Reg sub(const Reg& a, const Reg& b) {
    return each([&](int i) { return a.x[i] - b.x[i]; });
  }
  static Reg mul(const Reg& a, const Reg& b) {
    return each([&](int i) { return a.x[i] * b.x[i]; });
  }
  static Reg div(const Reg& a, const Reg& b) {
    return each([&](int i) { return a.x[i] / b.x[i]; });
  }
  static Reg min(const Reg& a, const Reg& b) {
    return each([&](int i) { return std::min(a.x[i], b.x[i]); });
  }
  static Reg max(const Reg& a, const Reg& b) {
    return each([&](int i) { return std::max(a.x[i], b.x[i]); });
  }
  static Reg fma(const Reg& a, const Reg& b, const Reg& c) {
    return each([&](int i) { return a.x[i] * b.x[i] + c.x[i]; });
  }
  static Reg round(const Reg& a) {
    return each([&](int i) { return std::nearbyint(a.x[i]); });
  }
  static Reg clamp(const Reg& a) {
    return each([&](int i) { return std::min(std::max(a.x[i], -126.0f), 126.0f); });
  }
  static Reg scale2(const Reg& a, const Reg& n) {
    return each([&](int i) { return std::ldexp(a.x[i], static_cast<int>(n.x[i])); });
  }
  static float total(const Reg& a) { return (a.x[0] + a.x[2]) + (a.x[1] + a.x[3]); }
  static bool all_equal(const Reg& a, const Reg& b) { return std::equal(a.x, a.x + kWidth, b.x); }

  static Pair load_pairs(const Element* p) { return load(p); }
  static Pair broadcast(const Element* p) { return set(*p); }
  static Reg multiply_add(const Pair& a, const Pair& b, const Reg& sum) { return fma(a, b, sum); }
  static Element element(float v) { return v; }
  static void store_elements(Element* p, const Reg& a) { store(p, a); }
  static void store_pairs(Element* p, const Reg* a) { store(p, a[0]); }
  static Reg load_f16(const uint16_t* p) {
    return each([&](int i) { return ggml_fp16_to_fp32(p[i]); });
  }
  static Reg load_bf16(const uint16_t* p) {
    return each([&](int i) { return ggml_bf16_to_fp32(ggml_bf16_t{p[i]}); });
  }
};

#include "kernels_body.h"

}  // namespace

const Kernels kPortableKernels = {"portable", always,        sizeof(V::Element), V::kPair,      V::kTileRows,
                                  kLanes,     V::kBlockRows, &kPortableKernels,  scratch_bytes, layer_norm,
                                  gemm,       attention};

}  // namespace medgemma::siglip
