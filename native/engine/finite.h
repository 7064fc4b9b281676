#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace medgemma {

// Whether no value is NaN or infinite. By bits, which compilers turn into vectors; sums of floats they must
// not.
inline bool all_finite(const float* values, size_t count) {
  constexpr uint32_t kExponent = 0x7f800000;
  uint32_t bad = 0;
  for (size_t i = 0; i < count; ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof bits);
    bad |= static_cast<uint32_t>((bits & kExponent) == kExponent);
  }
  return bad == 0;
}

}  // namespace medgemma
