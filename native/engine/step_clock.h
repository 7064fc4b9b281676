#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace medgemma {

// The step that a thread is at, and how long such steps take: whether it is stuck is for others to say, who
// look at it from time to time. Written by one thread, read by any.
class StepClock {
 public:
  struct Step {
    int64_t number = 0;   // counts up; 0: no work
    double usual_ms = 0;  // of as many rows; 0: none such has been seen
  };

  void begin() {
    rows_ = 0;
    begun_ = Clock::now();
    number_ = ++count_;
  }

  // Before they are computed.
  void add_rows(int rows) { rows_ += rows; }

  void end() {
    const int rows = rows_;
    number_ = 0;
    if (rows == 0) return;
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begun_).count() / rows;
    std::atomic<double>& usual = rows <= kFew ? few_ : many_;
    usual = usual == 0 ? ms : usual + kShare * (ms - usual);
  }

  Step read() const {
    const int rows = rows_;
    return {number_, (rows <= kFew ? few_ : many_) * rows};
  }

 private:
  using Clock = std::chrono::steady_clock;
  // Reading the weights is what a few rows cost, computing what many do.
  static constexpr int kFew = 16;
  static constexpr double kShare = 0.1;

  Clock::time_point begun_;
  int64_t count_ = 0;
  std::atomic<int64_t> number_{0};
  std::atomic<int> rows_{0};
  std::atomic<double> few_{0}, many_{0};  // milliseconds a row
};

}  // namespace medgemma
