// Bilinear resize of 8-bit RGB pictures, equal to Pillow 13's Image.resize(size, Image.BILINEAR) in every
// byte. (Older Pillow differs by one level in some pixels of pictures that are made much lower than narrower;
// see goes_down_first.)
//
// The reference (Hugging Face's SigLIP processor) resizes with Pillow, and the model sees the difference to
// other "bilinear" resizers: when shrinking, Pillow widens the triangle to cover all source pixels, most
// others sample four.

#pragma once

#include <cstdint>
#include <vector>

namespace medgemma {

// rgb: width * height * 3 bytes, rows from the top, R G B, no padding between rows. Returns out_width *
// out_height * 3 bytes. All four sizes are 1..kMaxResizeSide; otherwise, or when rgb is null, throws
// std::invalid_argument. Needs, besides the result, memory for the source rows under one output row: about 2
// * height / out_height rows of out_width pixels. Thread-safe: touches nothing but its arguments.
std::vector<uint8_t> resize_bilinear(const uint8_t* rgb, int width, int height, int out_width,
                                     int out_height);

// Above this many pixels a side the 32-bit sums of Pillow's arithmetic could overflow.
constexpr int kMaxResizeSide = 1 << 20;

}  // namespace medgemma
