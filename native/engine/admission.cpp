// Which waiting request starts next, and on which prefix. Part of Scheduler.
#include <algorithm>
#include <map>

#include "scheduler.h"

namespace medgemma {
namespace {

// Cells kept for the answer when judging whether a request fits; a longer answer may pause the youngest
// later.
constexpr int kAnswerReserve = 64;
// A request waits for another one to compute their common prefix when at least so many rows are to be gained.
constexpr int kWorthWaiting = 32;
// A request is small beside one with so many times as many rows: what it takes hardly delays that one.
constexpr size_t kTimesSmaller = 4;
// Smaller ones that may be started before one for which there is no room yet: more, one after the other,
// could keep it out for ever.
constexpr int kMostOvertaken = 8;
// Small ones that may run beside as many as may at once, while those read long prompts.
constexpr int kSqueezedIn = 2;
// Waiting requests looked at in one turn.
constexpr size_t kLookAhead = 64;

int cells_of_its_own(const Slot& slot, int shared) {
  const int answer =
      slot.request().scores() ? kAnswerReserve : std::min(slot.request().options.max_tokens, kAnswerReserve);
  return static_cast<int>(slot.units().size()) - shared + answer;
}

}  // namespace

void Scheduler::admit() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!slots_.empty() && slots_.front()->request().deterministic) return;
  if (crowded_ && !slots_.empty()) return;
  // Paused ones first: they are older than whatever waits.
  while (!paused_.empty() && static_cast<int>(slots_.size()) < parallel_ &&
         start(paused_.front()) == Admission::started) {
    paused_.pop_front();
    --counters_.waiting;
  }
  if (!paused_.empty()) return;
  bool draining = false;
  admit_from(interactive_, draining);
  if (!draining) admit_from(batch_queue_, draining);
}

// Whether a small request may start though as many run as may at once: one of them reads a long prompt, and
// whoever asks a short question would wait for all of it.
bool Scheduler::may_squeeze_in(const Slot& slot) const {
  if (static_cast<int>(slots_.size()) >= parallel_ + kSqueezedIn) return false;
  const size_t rows = kTimesSmaller * slot.units().size();
  return std::any_of(slots_.begin(), slots_.end(), [rows](const SlotPtr& other) {
    return other->in_prompt() && static_cast<size_t>(other->prompt_rows_left()) >= rows;
  });
}

// `draining` is set when what waits must not be overtaken.
void Scheduler::admit_from(Queue& queue, bool& draining) {
  // The first one that found no room.
  Slot* blocked = nullptr;
  for (size_t i = 0; i < std::min(queue.size(), kLookAhead);) {
    SlotPtr& slot = queue[i];
    const bool full = static_cast<int>(slots_.size()) >= parallel_;
    const bool small = blocked == nullptr || kTimesSmaller * slot->units().size() <= blocked->units().size();
    if (blocked != nullptr && blocked->overtaken() >= kMostOvertaken) return;
    if (!slot->request().deterministic && (!small || (full && !may_squeeze_in(*slot)))) {
      ++i;
      continue;
    }
    if (slot->request().deterministic) {
      // Alone, and on an empty context: where its cells lie would show in the last bits.
      draining = true;
      if (!slots_.empty() || !paused_.empty()) return;
      cache_.clear();
      context_.clear_all();
    }
    const bool deterministic = slot->request().deterministic;
    const Admission admission = start(slot);
    if (admission == Admission::started) {
      queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(i));
      --counters_.waiting;
      if (deterministic) return;
      if (blocked != nullptr) blocked->count_overtaken();
    } else if (admission == Admission::waits_for_prefix) {
      ++i;
    } else {
      draining = true;
      if (blocked == nullptr) blocked = slot.get();
      ++i;
    }
  }
}

// Moves the slot to the running ones, unless it does not fit or does better to wait.
Scheduler::Admission Scheduler::start(SlotPtr& slot) {
  bool wait = false;
  const PrefixCache::Match match =
      slot->request().deterministic ? PrefixCache::Match{} : find_prefix(*slot, wait);
  if (wait) return Admission::waits_for_prefix;
  if (!fits(*slot, match)) return Admission::no_room;
  // The match may be the very prefix that gives way to make a sequence free; then nothing is shared.
  const int evictions_before = static_cast<int>(cache_.evictions());
  const llama_seq_id sequence = cache_.acquire();
  if (sequence < 0) return Admission::no_room;
  const bool donor_gone = cache_.evictions() != evictions_before && sequence == match.sequence;
  const int shared = donor_gone ? 0 : match.length;
  if (shared > 0) {
    context_.fork(match.sequence, sequence, shared);
    ++counters_.prefix_hits;
    counters_.cached_tokens += shared;
  } else {
    ++counters_.prefix_misses;
  }
  slot->start(sequence, shared, shared > 0 ? match.group : ++last_group_);
  slots_.push_back(std::move(slot));
  counters_.running = static_cast<int64_t>(slots_.size());
  return Admission::started;
}

// A sequence that holds a prefix of this prompt, parked or running. `wait`: a running request will soon hold
// a longer one.
PrefixCache::Match Scheduler::find_prefix(const Slot& slot, bool& wait) {
  // One row at least must be decoded, for its logits.
  const int limit = static_cast<int>(slot.units().size()) - 1;
  PrefixCache::Match best = cache_.find(slot.units(), limit);
  int promised = 0;
  for (const SlotPtr& other : slots_) {
    const int now =
        common_prefix(other->units(), slot.units(), std::min(limit, static_cast<int>(other->position())));
    if (now > best.length && context_.reaches(other->sequence(), now))
      best = {other->sequence(), now, other->group()};
    if (!other->in_prompt()) continue;
    // What it has read beyond that and its windows have forgotten will not come back.
    const int whole = common_prefix(other->units(), slot.units(), limit);
    if (whole > other->position()) promised = std::max(promised, whole);
  }
  wait = promised - best.length >= kWorthWaiting;
  return best;
}

// Whether there will be cells for this request beside those that run, as far as can be foreseen. Rows that
// several share count once.
bool Scheduler::fits(const Slot& slot, const PrefixCache::Match& match) const {
  if (slots_.empty()) return true;
  struct Group {
    int shared = 0;
    bool origin_runs = false;  // its rows are counted as its own
  };
  std::map<uint64_t, Group> groups;
  int needed = cells_of_its_own(slot, match.length);
  if (match.length > 0) groups[match.group].shared = match.length;
  for (const SlotPtr& other : slots_) {
    needed += cells_of_its_own(*other, other->shared());
    Group& group = groups[other->group()];
    group.shared = std::max(group.shared, other->shared());
    group.origin_runs = group.origin_runs || other->shared() == 0;
  }
  for (const auto& [id, group] : groups) needed += group.origin_runs ? 0 : group.shared;
  return needed <= context_.size();
}

}  // namespace medgemma
