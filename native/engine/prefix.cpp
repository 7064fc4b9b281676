#include "prefix.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace medgemma {
namespace {

constexpr Unit kImage = Unit{1} << 63;
constexpr int kRowBits = 16;  // a picture has at most 65,536 rows
constexpr int kMixShift = 32;
constexpr Unit kRowMask = (Unit{1} << kRowBits) - 1;

constexpr size_t kMaxSerials = 1 << 16;

bool inside_image(Unit unit) {
  return (unit & kImage) != 0 && (unit & kRowMask) != 0;
}

}  // namespace

Unit image_unit(uint64_t serial, int row) {
  return kImage | (serial << kRowBits) | static_cast<Unit>(row);
}

uint64_t picture_serial(const std::string& key) {
  static std::mutex mutex;
  static std::map<std::string, uint64_t> serials;
  static uint64_t last = 0;
  std::lock_guard<std::mutex> lock(mutex);
  const auto known = serials.find(key);
  if (known != serials.end()) return known->second;
  // Forgetting a key only means that its picture gets a new number, which nothing held matches.
  if (serials.size() >= kMaxSerials) serials.clear();
  serials[key] = ++last;
  return last;
}

std::vector<Unit> to_units(const std::vector<Segment>& segments, uint32_t mix) {
  std::vector<Unit> units;
  for (const Segment& segment : segments) {
    if (segment.image) {
      for (int row = 0; row < segment.image->tokens; ++row)
        units.push_back(image_unit(segment.image->serial, row));
    } else {
      for (const llama_token token : segment.tokens) units.push_back(text_unit(token));
    }
  }
  if (mix != 0 && !units.empty()) {
    // The first unit tells: tokens leave the upper half free; a picture becomes another one.
    Unit& first = units.front();
    first = (first & kImage) == 0
                ? first | Unit{mix} << kMixShift
                : image_unit(picture_serial("mix " + std::to_string(mix) + "/" + std::to_string(first)), 0);
  }
  return units;
}

int common_prefix(const std::vector<Unit>& a, const std::vector<Unit>& b, int limit) {
  const int most = std::min<int>({limit, static_cast<int>(a.size()), static_cast<int>(b.size())});
  int length = static_cast<int>(std::mismatch(a.begin(), a.begin() + most, b.begin()).first - a.begin());
  while (length > 0 && ((length < static_cast<int>(a.size()) && inside_image(a[length])) ||
                        (length < static_cast<int>(b.size()) && inside_image(b[length])))) {
    --length;
  }
  return length;
}

}  // namespace medgemma
