#include "stop_strings.h"

#include <algorithm>

namespace medgemma {
namespace {

// Length of the longest end of `text` that begins `stop`.
size_t overlap(const std::string& text, const std::string& stop) {
  for (size_t length = std::min(text.size(), stop.size() - 1); length > 0; --length) {
    if (text.compare(text.size() - length, length, stop, 0, length) == 0) return length;
  }
  return 0;
}

}  // namespace

std::string StopStrings::push(const std::string& text) {
  if (found_) return "";
  if (stops_.empty()) return text;
  held_ += text;
  size_t first = std::string::npos;
  size_t keep = 0;
  for (const std::string& stop : stops_) {
    first = std::min(first, held_.find(stop));
    keep = std::max(keep, overlap(held_, stop));
  }
  found_ = first != std::string::npos;
  const size_t ready = found_ ? first : held_.size() - keep;
  std::string out = held_.substr(0, ready);
  held_.erase(0, ready);
  return out;
}

std::string StopStrings::finish() {
  std::string out;
  if (!found_) out.swap(held_);
  return out;
}

}  // namespace medgemma
