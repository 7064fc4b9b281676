#pragma once

#include <cstdint>
#include <list>
#include <vector>

#include "context.h"
#include "prefix.h"

namespace medgemma {

// The context's sequences: free ones, and parked ones that hold what earlier requests computed, least
// recently used first to go. Of the scheduler's thread only.
class PrefixCache {
 public:
  struct Match {
    llama_seq_id sequence = -1;
    int length = 0;
    uint64_t group = 0;
  };

  explicit PrefixCache(Context& context);

  // An empty sequence; parked prefixes give way. -1 when every sequence runs.
  llama_seq_id acquire();
  void release(llama_seq_id sequence);
  // Keeps what `sequence` holds for later requests. It belongs to the cache from now on.
  void park(llama_seq_id sequence, std::vector<Unit> units, uint64_t group);
  // The parked prefix that shares most with `units` (at most `limit`), marked as used.
  Match find(const std::vector<Unit>& units, int limit);
  // Drops the prefix that was used longest ago. False when none is parked.
  bool evict_oldest();
  void clear();
  // Takes every sequence back, whoever has it, after the context was emptied.
  void reset();

  int parked() const { return static_cast<int>(entries_.size()); }
  // Sequences that acquire() can give.
  int available() const { return static_cast<int>(free_.size() + entries_.size()); }
  int64_t cells() const;
  int64_t evictions() const { return evictions_; }

 private:
  struct Entry {
    llama_seq_id sequence;
    std::vector<Unit> units;
    uint64_t group;
  };

  Context& context_;
  std::vector<llama_seq_id> free_;
  std::list<Entry> entries_;  // most recently used first
  int64_t evictions_ = 0;
};

}  // namespace medgemma
