#include "load_parts.h"

namespace medgemma {

LoadParts::LoadParts(const LoadProgress& report, std::vector<uint64_t> bytes)
    : report_(report), done_(bytes.size(), 0.0) {
  double total = 0;
  for (const uint64_t part : bytes) total += static_cast<double>(part);
  for (const uint64_t part : bytes) weights_.push_back(static_cast<double>(part) / total);
}

void LoadParts::run(size_t part, const std::function<void(const LoadProgress&)>& work) {
  try {
    work([this, part](float value) { return report(part, value); });
  } catch (...) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
}

void LoadParts::rethrow() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

bool LoadParts::report(size_t part, float value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_) return false;
  done_[part] = value * weights_[part];
  double sum = 0;
  for (const double share : done_) sum += share;
  return report_(static_cast<float>(sum));
}

}  // namespace medgemma
