#pragma once

#include <atomic>
#include <cstdint>

namespace medgemma {

struct SchedulerStats {
  int64_t running = 0;
  int64_t waiting = 0;
  int64_t completed = 0;
  int64_t failed = 0;
  int64_t cancelled = 0;
  int64_t preempted = 0;
  int64_t prompt_tokens = 0;
  int64_t cached_tokens = 0;
  int64_t completion_tokens = 0;
  int64_t prefix_hits = 0;
  int64_t prefix_misses = 0;
  int64_t prefix_evictions = 0;
  int64_t parked = 0;
  int64_t parked_cells = 0;
};

// Written by the scheduler's thread, read by any.
struct Counters {
  using Count = std::atomic<int64_t>;
  Count running{0}, waiting{0}, completed{0}, failed{0}, cancelled{0}, preempted{0};
  Count prompt_tokens{0}, cached_tokens{0}, completion_tokens{0};
  Count prefix_hits{0}, prefix_misses{0}, prefix_evictions{0}, parked{0}, parked_cells{0};

  SchedulerStats read() const {
    return {running,       waiting,       completed,         failed,      cancelled,     preempted,
            prompt_tokens, cached_tokens, completion_tokens, prefix_hits, prefix_misses, prefix_evictions,
            parked,        parked_cells};
  }
};

}  // namespace medgemma
