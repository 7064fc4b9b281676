// What one turn decodes, and how room is made for it. Part of Scheduler.
#include <algorithm>
#include <cstdint>

#include "scheduler.h"
#include "scoring.h"

namespace medgemma {
namespace {

// While others answer, a turn spends as long on reading prompts as on their tokens, and this at most, so that
// these keep coming: at 250 ms an answer reads haltingly. Fewer rows a turn cost the one who waits for the
// prompt little: on the phantom a row takes 6 % longer in batches of 56 than of 136, and 10 % in batches
// of 20.
constexpr double kPrefillMilliseconds = 100;
constexpr int kMinPrefillRows = 8;
// What fewer rows take is mostly not theirs.
constexpr int kMeasuredRows = 16;
// Continuations of one scoring in a turn beside other requests: hundreds would keep these from their next
// token.
constexpr size_t kForksBeside = 8;
// A prompt is long beside a short one with so many times its rows.
constexpr int kTimesLonger = 4;

Slot* youngest(const std::vector<Slot*>& slots) {
  return *std::max_element(slots.begin(), slots.end(), [](const Slot* a, const Slot* b) {
    return a->request().submitted < b->request().submitted;
  });
}

}  // namespace

// A picture goes alone: its attention is not causal, and that is a setting of the whole context. One picture
// a turn, so that a prompt with many does not hold up the others' answers.
void Scheduler::decode_one_image() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[(next_image_slot_ + i) % slots_.size()];
    const Segment* segment = slot.segment();
    if (segment == nullptr || !segment->image || !has_turn(slot)) continue;
    next_image_slot_ = (next_image_slot_ + i + 1) % slots_.size();
    const int rows = segment->size();
    batch_.set_image(segment->image->values.data(), rows, slot.position(), slot.sequence());
    if (!decode(batch_, /* causal */ false, {&slot})) return;
    slot.advance(rows);
    counters_.prompt_tokens += rows;
    return;
  }
}

// Rows of prompt text that this turn may take.
int Scheduler::prefill_budget() const {
  const bool others_answer =
      std::any_of(slots_.begin(), slots_.end(), [](const SlotPtr& slot) { return slot->generating(); });
  if (!others_answer || milliseconds_per_prompt_row_ <= 0) return context_.batch_size();
  const double milliseconds = milliseconds_per_answer_turn_ > 0
                                  ? std::min(kPrefillMilliseconds, milliseconds_per_answer_turn_)
                                  : kPrefillMilliseconds;
  const int rows = static_cast<int>(milliseconds / milliseconds_per_prompt_row_);
  return std::clamp(rows, kMinPrefillRows, context_.batch_size());
}

// Rows of longer prompts in one turn while a short one is read too, which every turn keeps from its answer:
// about as many as it has itself. All, where none is short beside others.
int Scheduler::rows_beside_short_prompts() const {
  int shortest = context_.batch_size();
  for (const SlotPtr& slot : slots_) {
    if (slot->in_prompt() && has_turn(*slot)) shortest = std::min(shortest, slot->prompt_rows_left());
  }
  return std::max(kMinPrefillRows, shortest);
}

void Scheduler::decode_text() {
  struct Rows {
    Slot* slot;
    int count;
    int output;  // row with logits, or -1
  };
  std::vector<Rows> rows;
  std::vector<Slot*> batch_slots;
  std::vector<Slot*> prompts;
  batch_.clear();
  for (const SlotPtr& slot : slots_) {
    if (!has_turn(*slot)) continue;
    if (slot->generating()) {
      rows.push_back(
          {slot.get(), 1, batch_.add(slot->last_token(), slot->position(), slot->sequence(), true)});
      batch_slots.push_back(slot.get());
    } else if (slot->in_prompt() && !slot->segment()->image) {
      prompts.push_back(slot.get());
    }
  }
  // Shortest first, each an equal share of what is left: a long prompt neither starves nor is starved.
  std::sort(prompts.begin(), prompts.end(),
            [](const Slot* a, const Slot* b) { return a->prompt_rows_left() < b->prompt_rows_left(); });
  int budget = std::min(prefill_budget(), context_.batch_size() - batch_.size());
  const int beside_short = rows_beside_short_prompts();
  int long_rows = beside_short;
  int prompt_rows = 0;
  for (size_t i = 0; i < prompts.size() && budget > 0; ++i) {
    Slot& slot = *prompts[i];
    const Segment& segment = *slot.segment();
    const int share =
        (budget + static_cast<int>(prompts.size() - i) - 1) / static_cast<int>(prompts.size() - i);
    const bool is_long = slot.prompt_rows_left() > kTimesLonger * beside_short;
    const int count = std::min({segment.size() - slot.segment_offset(), share, is_long ? long_rows : share});
    if (count <= 0) continue;
    if (is_long) long_rows -= count;
    const bool last = count == slot.prompt_rows_left();
    int output = -1;
    for (int row = 0; row < count; ++row) {
      const bool is_output = last && row == count - 1;
      const llama_token token = segment.tokens[slot.segment_offset() + row];
      const int index = batch_.add(token, slot.position() + row, slot.sequence(), is_output);
      if (is_output) output = index;
    }
    rows.push_back({&slot, count, output});
    batch_slots.push_back(&slot);
    budget -= count;
    prompt_rows += count;
  }
  const Clock::time_point started = Clock::now();
  if (rows.empty() || !decode(batch_, /* causal */ true, batch_slots)) return;
  const double spent = milliseconds_since(started);
  if (prompt_rows >= kMeasuredRows) milliseconds_per_prompt_row_ = spent / batch_.size();
  if (prompt_rows == 0) milliseconds_per_answer_turn_ = spent;
  counters_.prompt_tokens += prompt_rows;

  for (const Rows& row : rows) {
    row.slot->advance(row.count);
    if (row.output >= 0) take(*row.slot, context_.logits(row.output));
  }
}

void Scheduler::take(Slot& slot, const float* logits) {
  bool complete_now = false;
  try {
    complete_now = slot.take(logits);
  } catch (const EngineError& error) {
    fail(slot, error);
  } catch (const std::exception& error) {  // of llama.cpp's samplers
    fail(slot, EngineError("decode_failed", error.what()));
  }
  if (complete_now) complete(slot);
}

void Scheduler::score() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[i];
    if (!slot.scoring() || !has_turn(slot) || slot.result().scores.empty()) continue;
    lone_cancel_ = &slot.request().cancelled;
    const bool others_go_on =
        std::any_of(slots_.begin(), slots_.end(), [](const SlotPtr& other) { return !other->scoring(); });
    int code = 0;
    try {
      code = score_continuations(slot, context_, cache_, batch_, others_go_on ? kForksBeside : SIZE_MAX);
      if (code == kNoSequence) {  // every one is in use: another scoring may have what it needs
        lone_cancel_ = nullptr;
        continue;
      }
    } catch (const EngineError& error) {
      lone_cancel_ = nullptr;
      fail(slot, error);
      return;
    }
    lone_cancel_ = nullptr;
    if (code == 2) return;  // cancelled or stopping: the next turn sees to it
    if (code == 1) {
      make_room({&slot});
    } else if (code != 0) {
      fail(slot, EngineError("decode_failed", "Scoring failed: " + context_.problem(),
                             {{"llamaCode", static_cast<double>(code)}}));
    } else if (all_scored(slot)) {
      complete(slot);
    }
    return;  // one batch a turn
  }
}

bool Scheduler::decode(Batch& batch, bool causal, const std::vector<Slot*>& slots) {
  lone_cancel_ = slots.size() == 1 ? &slots[0]->request().cancelled : nullptr;
  int code = context_.decode(batch, causal);
  // 1: no cells. The memory is as before, so the batch can be tried again once a parked prefix has gone.
  while (code == 1 && cache_.evict_oldest()) code = context_.decode(batch, causal);
  lone_cancel_ = nullptr;
  if (code == 0) return true;
  if (code == 1) {
    make_room(slots);
    return false;
  }
  // What llama_decode leaves behind is documented beside it in llama.h: after 2 and below -1, rows already
  // processed stay in the memory. What was there before them is still good.
  for (Slot* slot : slots) context_.truncate(slot->sequence(), slot->position());
  if (code == 2) return false;  // cancelled or stopping: the next turn sees to it
  for (Slot* slot : slots) {
    fail(*slot, EngineError("decode_failed",
                            "llama_decode returned " + std::to_string(code) + ": " + context_.problem(),
                            {{"llamaCode", static_cast<double>(code)}}));
  }
  return false;
}

// The oldest request always goes on, so each turn brings something nearer to its end.
void Scheduler::make_room(const std::vector<Slot*>& slots) {
  std::vector<Slot*> all;
  for (const SlotPtr& slot : slots_) all.push_back(slot.get());
  if (all.size() == 1) {
    fail(*slots[0], context_full(slots[0]->position() + batch_.size(), context_.size()));
    return;
  }
  Slot& victim = *youngest(all);
  drop_fork(victim);
  cache_.release(victim.pause());
  ++counters_.preempted;
  SlotPtr slot = take_out(victim);
  const auto later = std::find_if(paused_.begin(), paused_.end(), [&slot](const SlotPtr& other) {
    return other->request().submitted > slot->request().submitted;
  });
  paused_.insert(later, std::move(slot));
  ++counters_.waiting;
  crowded_ = true;
}

}  // namespace medgemma
