#include "cpu_features.h"

#if defined(__x86_64__) || defined(_M_X64)
#ifdef _MSC_VER
#include <immintrin.h>
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#include <cstdint>

namespace medgemma {
namespace {

struct Leaf {
  uint32_t a = 0, b = 0, c = 0, d = 0;
};

Leaf cpuid(uint32_t leaf, uint32_t part) {
  Leaf r;
#ifdef _MSC_VER
  int out[4];
  __cpuid(out, 0);
  if (static_cast<uint32_t>(out[0]) < leaf) return r;
  __cpuidex(out, static_cast<int>(leaf), static_cast<int>(part));
  r = {static_cast<uint32_t>(out[0]), static_cast<uint32_t>(out[1]), static_cast<uint32_t>(out[2]),
       static_cast<uint32_t>(out[3])};
#else
  __get_cpuid_count(leaf, part, &r.a, &r.b, &r.c, &r.d);
#endif
  return r;
}

bool bit(uint32_t word, int index) {
  return (word >> index & 1u) != 0;
}

// Which registers the operating system saves.
uint64_t saved_state() {
  if (!bit(cpuid(1, 0).c, 27)) return 0;
#ifdef _MSC_VER
  return _xgetbv(0);
#else
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
#endif
}

}  // namespace

bool cpu_has_avx2() {
  const Leaf one = cpuid(1, 0);
  const bool saved = (saved_state() & 0x6) == 0x6;
  return saved && bit(one.c, 12) && bit(one.c, 29) && bit(cpuid(7, 0).b, 5);
}

bool cpu_has_avx512() {
  const uint32_t b = cpuid(7, 0).b;
  const bool saved = (saved_state() & 0xe6) == 0xe6;
  return cpu_has_avx2() && saved && bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);
}

bool cpu_has_avx512_bf16() {
  return cpu_has_avx512() && bit(cpuid(7, 1).a, 5);
}

bool cpu_has_avx512_vnni() {
  return cpu_has_avx512() && bit(cpuid(7, 0).c, 11);
}

}  // namespace medgemma
#endif
