#include "prefix_cache.h"

#include <algorithm>

namespace medgemma {

PrefixCache::PrefixCache(Context& context) : context_(context) {
  reset();
}

void PrefixCache::reset() {
  entries_.clear();
  free_.clear();
  for (llama_seq_id sequence = context_.sequences() - 1; sequence >= 0; --sequence) free_.push_back(sequence);
}

llama_seq_id PrefixCache::acquire() {
  if (free_.empty() && !evict_oldest()) return -1;
  const llama_seq_id sequence = free_.back();
  free_.pop_back();
  return sequence;
}

void PrefixCache::release(llama_seq_id sequence) {
  context_.clear(sequence);
  free_.push_back(sequence);
}

void PrefixCache::park(llama_seq_id sequence, std::vector<Unit> units, uint64_t group) {
  const int length = static_cast<int>(units.size());
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const int common = common_prefix(entry->units, units, length);
    if (common == length && context_.keeps_all()) {  // already there
      release(sequence);
      entries_.splice(entries_.begin(), entries_, entry);
      return;
    }
    if (common == static_cast<int>(entry->units.size()) &&
        context_.keeps_all()) {  // the new one can do all it can
      release(entry->sequence);
      entry = entries_.erase(entry);
    } else {
      ++entry;
    }
  }
  entries_.push_front({sequence, std::move(units), group});
}

PrefixCache::Match PrefixCache::find(const std::vector<Unit>& units, int limit) {
  auto best = entries_.end();
  int best_length = 0;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const int length = common_prefix(entry->units, units, limit);
    if (length > best_length && context_.reaches(entry->sequence, length)) {
      best = entry;
      best_length = length;
    }
  }
  if (best == entries_.end()) return {};
  entries_.splice(entries_.begin(), entries_, best);
  return {best->sequence, best_length, best->group};
}

bool PrefixCache::evict_oldest() {
  if (entries_.empty()) return false;
  const llama_seq_id sequence = entries_.back().sequence;
  entries_.pop_back();
  release(sequence);
  ++evictions_;
  return true;
}

void PrefixCache::clear() {
  while (!entries_.empty()) {
    release(entries_.back().sequence);
    entries_.pop_back();
  }
}

int64_t PrefixCache::cells() const {
  int64_t sum = 0;
  for (const Entry& entry : entries_) sum += static_cast<int64_t>(entry.units.size());
  return sum;
}

}  // namespace medgemma
