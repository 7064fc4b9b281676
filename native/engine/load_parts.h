#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "model.h"

namespace medgemma {

// Parts of one load that run side by side: their progress as one, and the first that fails stops the others.
class LoadParts {
 public:
  // `bytes` of each part.
  LoadParts(const LoadProgress& report, std::vector<uint64_t> bytes);

  // Runs `work` with the progress of a part. What it throws is kept for rethrow().
  void run(size_t part, const std::function<void(const LoadProgress&)>& work);
  // Throws what the first that failed threw: the failures of the others are its consequence.
  void rethrow() const;

 private:
  bool report(size_t part, float value);

  const LoadProgress& report_;
  std::vector<double> weights_;
  std::vector<double> done_;
  std::exception_ptr failure_;
  mutable std::mutex mutex_;
};

}  // namespace medgemma
