#include "resize.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <stdexcept>

namespace medgemma {
namespace {

constexpr int kChannels = 3;
// Weights are fixed point with this many fraction bits: 8 bits of pixel and 2 bits of headroom fill an int32.
constexpr int kFractionBits = 32 - 8 - 2;
constexpr int32_t kHalf = 1 << (kFractionBits - 1);

// Forces rounding to double here. Without it a compiler may fuse a product and a sum (aarch64 does by
// default), which moves a weight by one unit now and then, and with it a pixel.
inline double rounded(double value) {
  volatile double stored = value;
  return stored;
}

// For each output position: the first source position, and the weights from there on.
struct Taps {
  int stride = 0;  // room for the weights of one position
  std::vector<int> first;
  std::vector<int> count;
  std::vector<int32_t> weights;

  const int32_t* of(int position) const { return weights.data() + static_cast<size_t>(position) * stride; }
};

Taps triangle_taps(int size, int out_size) {
  const double scale = static_cast<double>(size) / out_size;
  // Enlarging keeps the triangle one source pixel wide to each side; shrinking widens it by the scale.
  const double radius = std::max(scale, 1.0);
  const double inverse_radius = 1.0 / radius;

  Taps taps;
  taps.stride = std::min(size, static_cast<int>(std::ceil(radius)) * 2 + 1);
  taps.first.resize(out_size);
  taps.count.resize(out_size);
  taps.weights.resize(static_cast<size_t>(out_size) * taps.stride);
  std::vector<double> triangle(taps.stride);

  for (int position = 0; position < out_size; ++position) {
    const double center = rounded((position + 0.5) * scale);
    const int first = std::max(0, static_cast<int>(center - radius + 0.5));
    const int count = std::min(size, static_cast<int>(center + radius + 0.5)) - first;

    double sum = 0.0;
    for (int i = 0; i < count; ++i) {
      const double distance = std::fabs(rounded((i + first - center + 0.5) * inverse_radius));
      triangle[i] = distance < 1.0 ? 1.0 - distance : 0.0;
      sum += triangle[i];
    }
    taps.first[position] = first;
    taps.count[position] = count;
    int32_t* weights = taps.weights.data() + static_cast<size_t>(position) * taps.stride;
    for (int i = 0; i < count; ++i) {
      // Adding one half and cutting off rounds to nearest, for no weight of a triangle is negative.
      weights[i] = static_cast<int32_t>(0.5 + rounded(triangle[i] / sum) * (1 << kFractionBits));
    }
  }
  return taps;
}

// A sum of thousands of rounded weights can exceed one, so white needs a ceiling; nothing can fall below
// zero.
inline uint8_t to_byte(int32_t sum) {
  return static_cast<uint8_t>(std::min(sum >> kFractionBits, 255));
}

void resize_row(const uint8_t* source, const Taps& taps, uint8_t* target) {
  const int out_width = static_cast<int>(taps.first.size());
  for (int x = 0; x < out_width; ++x) {
    const int32_t* weights = taps.of(x);
    const uint8_t* pixel = source + static_cast<size_t>(taps.first[x]) * kChannels;
    const int count = taps.count[x];
    int32_t red = kHalf, green = kHalf, blue = kHalf;
    for (int i = 0; i < count; ++i, pixel += kChannels) {
      red += pixel[0] * weights[i];
      green += pixel[1] * weights[i];
      blue += pixel[2] * weights[i];
    }
    target[0] = to_byte(red);
    target[1] = to_byte(green);
    target[2] = to_byte(blue);
    target += kChannels;
  }
}

// One output row as the weighted sum of source rows; row(y) gives source row y.
template <typename Row>
void blend_rows(const Row& row, const Taps& taps, int position, std::vector<int32_t>& sums, uint8_t* target) {
  const size_t bytes = sums.size();
  const int32_t* weights = taps.of(position);
  std::fill(sums.begin(), sums.end(), kHalf);
  for (int i = 0; i < taps.count[position]; ++i) {
    const uint8_t* source = row(taps.first[position] + i);
    const int32_t weight = weights[i];
    for (size_t x = 0; x < bytes; ++x) sums[x] += source[x] * weight;
  }
  for (size_t x = 0; x < bytes; ++x) target[x] = to_byte(sums[x]);
}

void check_side(int side) {
  if (side < 1 || side > kMaxResizeSide)
    throw std::invalid_argument("resize_bilinear: a side is out of range");
}

// The intermediate picture is rounded to bytes, so the order of the passes shows in the last bit. Pillow
// before 12.2 always went across first; Pillow 13 goes down first when the height loses more than twice as
// many pixels as the width.
bool goes_down_first(int width, int height, int out_width, int out_height) {
  const int lost_rows = height - out_height;
  return lost_rows > 0 && lost_rows > (width - out_width) * 2;
}

}  // namespace

std::vector<uint8_t> resize_bilinear(const uint8_t* rgb, int width, int height, int out_width,
                                     int out_height) {
  if (rgb == nullptr) throw std::invalid_argument("resize_bilinear: no pixels");
  for (int side : {width, height, out_width, out_height}) check_side(side);

  const size_t row_bytes = static_cast<size_t>(width) * kChannels;
  const size_t out_bytes = static_cast<size_t>(out_width) * kChannels;
  const bool across = width != out_width, down = height != out_height;
  std::vector<uint8_t> result(out_bytes * out_height);
  const auto source_row = [&](int y) { return rgb + row_bytes * y; };
  const auto result_row = [&](int y) { return result.data() + out_bytes * y; };

  if (!across && !down) {
    std::memcpy(result.data(), rgb, result.size());
    return result;
  }
  const Taps columns = across ? triangle_taps(width, out_width) : Taps{};
  const Taps lines = down ? triangle_taps(height, out_height) : Taps{};

  if (!down) {
    for (int y = 0; y < height; ++y) resize_row(source_row(y), columns, result_row(y));
  } else if (!across) {
    std::vector<int32_t> sums(row_bytes);
    for (int y = 0; y < out_height; ++y) blend_rows(source_row, lines, y, sums, result_row(y));
  } else if (goes_down_first(width, height, out_width, out_height)) {
    std::vector<int32_t> sums(row_bytes);
    std::vector<uint8_t> blended(row_bytes);
    for (int y = 0; y < out_height; ++y) {
      blend_rows(source_row, lines, y, sums, blended.data());
      resize_row(blended.data(), columns, result_row(y));
    }
  } else {
    // The windows of the output rows only move downwards: a ring of as many rows as one window holds stands
    // for the whole intermediate picture.
    std::vector<int32_t> sums(out_bytes);
    std::vector<uint8_t> ring(out_bytes * lines.stride);
    const auto ring_row = [&](int y) { return ring.data() + out_bytes * (y % lines.stride); };
    int ready = 0;
    for (int y = 0; y < out_height; ++y) {
      const int end = lines.first[y] + lines.count[y];
      for (; ready < end; ++ready) resize_row(source_row(ready), columns, ring_row(ready));
      blend_rows(ring_row, lines, y, sums, result_row(y));
    }
  }
  return result;
}

}  // namespace medgemma
