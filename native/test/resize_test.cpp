#include "../engine/resize.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "check.h"

namespace {

int failures = 0;

using Picture = std::vector<uint8_t>;

Picture noise(int width, int height) {
  uint32_t state = static_cast<uint32_t>(width) * 65537u + static_cast<uint32_t>(height);
  Picture bytes(static_cast<size_t>(width) * height * 3);
  for (uint8_t& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(state >> 24);
  }
  return bytes;
}

Picture white(int width, int height) {
  return Picture(static_cast<size_t>(width) * height * 3, 255);
}

uint64_t fnv1a(const Picture& bytes) {
  uint64_t value = 0xcbf29ce484222325u;
  for (uint8_t byte : bytes) value = (value ^ byte) * 0x100000001b3u;
  return value;
}

struct Expected {
  int width, height, out_width, out_height;
  Picture (*make)(int, int);
  uint64_t hash;
};

// Printed by test/oracles/pillow_resize.py with Pillow 13.0.0.
const Expected kExpected[] = {
    {512, 512, 224, 224, noise, 0xc41c6fa1203b4609u}, {100, 80, 224, 224, noise, 0xe5b6571d5bf5b29bu},
    {400, 560, 224, 224, noise, 0x3de20f8b22567734u}, {60, 900, 50, 40, noise, 0x97e22a4c9edf75fdu},
    {300, 200, 400, 90, noise, 0xb0402d6177ed0a13u},  {90, 70, 30, 300, noise, 0x23bfc178feb179c1u},
    {897, 895, 896, 896, noise, 0x11cdd9300f8825f2u}, {64, 333, 64, 100, noise, 0xbe1332260939bf0du},
    {333, 64, 100, 64, noise, 0x97c52e1754e9725eu},   {31, 17, 31, 17, noise, 0xc5759b5106f44b3cu},
    {1, 1, 5, 3, noise, 0x885f25505e5c418du},         {1, 200, 3, 1, noise, 0xc63841c9b3d83ad3u},
    {70000, 1, 3, 2, noise, 0xf4b765be54074705u},     {2, 3, 1, 1, noise, 0xb6d12b1b2d03b6c3u},
    {800195, 1, 1, 1, white, 0xf998341be47bae14u},
};

void equals_pillow() {
  for (const Expected& e : kExpected) {
    const Picture source = e.make(e.width, e.height);
    const Picture result =
        medgemma::resize_bilinear(source.data(), e.width, e.height, e.out_width, e.out_height);
    if (result.size() == static_cast<size_t>(e.out_width) * e.out_height * 3 && fnv1a(result) == e.hash)
      continue;
    std::fprintf(stderr, "resize_test: %dx%d to %dx%d differs from Pillow\n", e.width, e.height, e.out_width,
                 e.out_height);
    ++failures;
  }
}

void refuses_bad_sizes() {
  const Picture pixel = noise(1, 1);
  using medgemma::resize_bilinear;
  CHECK_THROWS(resize_bilinear(nullptr, 1, 1, 2, 2), std::invalid_argument);
  CHECK_THROWS(resize_bilinear(pixel.data(), 0, 1, 2, 2), std::invalid_argument);
  CHECK_THROWS(resize_bilinear(pixel.data(), 1, -1, 2, 2), std::invalid_argument);
  CHECK_THROWS(resize_bilinear(pixel.data(), 1, 1, 0, 2), std::invalid_argument);
  CHECK_THROWS(resize_bilinear(pixel.data(), 1, 1, 2, medgemma::kMaxResizeSide + 1), std::invalid_argument);
}

void keeps_a_flat_colour() {
  const Picture grey(300 * 200 * 3, 77);
  for (uint8_t byte : medgemma::resize_bilinear(grey.data(), 300, 200, 41, 53)) {
    if (byte != 77) {
      CHECK(byte == 77);
      return;
    }
  }
}

}  // namespace

int run_resize_tests() {
  failures = 0;
  equals_pillow();
  refuses_bad_sizes();
  keeps_a_flat_colour();
  return failures;
}
