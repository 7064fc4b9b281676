#include "scheduler.h"

#include <algorithm>

#include "scoring.h"

namespace medgemma {
namespace {

// While others answer, a turn spends about this long on reading prompts, so that their tokens keep coming.
constexpr double kPrefillMilliseconds = 250;
constexpr int kMinPrefillRows = 16;

EngineError context_full(int asked, int available) {
  return EngineError("context_full",
                     "The prompt and the answer need " + std::to_string(asked) +
                         " tokens; the context holds " + std::to_string(available) + ".",
                     {{"required", asked}, {"available", available}});
}

Slot* youngest(const std::vector<Slot*>& slots) {
  return *std::max_element(slots.begin(), slots.end(), [](const Slot* a, const Slot* b) {
    return a->request().submitted < b->request().submitted;
  });
}

}  // namespace

Scheduler::Scheduler(std::shared_ptr<Model> model, const SchedulerParams& params)
    : model_(std::move(model)),
      parallel_(params.context.parallel),
      queue_size_(params.queue_size),
      context_(model_, params.context,
               [this] {
                 const std::atomic<bool>* lone = lone_cancel_.load();
                 return stopping_ || (lone != nullptr && *lone);
               }),
      cache_(context_) {
  thread_ = std::thread([this] { run(); });
}

Scheduler::~Scheduler() {
  stop();
}

void Scheduler::submit(std::shared_ptr<Request> request) {
  const int prompt = request->prompt_tokens();
  GenerateOptions& options = request->options;
  int answer = options.max_tokens;
  if (request->scores()) {
    answer = 0;
    for (const auto& tokens : request->continuations) {
      answer = std::max(answer, static_cast<int>(tokens.size()));
      if (static_cast<int>(tokens.size()) > context_.batch_size()) {
        throw EngineError("bad_option", "A continuation to score has at most " +
                                            std::to_string(context_.batch_size()) + " tokens.");
      }
    }
  } else if (options.clamp_max_tokens) {
    answer = options.max_tokens = std::max(1, std::min(options.max_tokens, context_.size() - prompt));
  }
  if (prompt + answer > context_.size()) throw context_full(prompt + answer, context_.size());
  request->submitted = Clock::now();
  auto slot = std::make_unique<Slot>(request, *model_);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (static_cast<int>(interactive_.size() + batch_queue_.size()) >= queue_size_) {
      throw EngineError("queue_full", "Already " + std::to_string(queue_size_) + " requests wait.",
                        {{"queueSize", queue_size_}});
    }
    if (!stopping_) {
      (request->batch ? batch_queue_ : interactive_).push_back(std::move(slot));
      ++counters_.waiting;
      wake_.notify_one();
      return;
    }
  }
  request->failed(disposed());
}

void Scheduler::cancel(Request& request) {
  request.cancelled = true;
  std::lock_guard<std::mutex> lock(mutex_);
  wake_.notify_one();
}

void Scheduler::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Scheduler::run() {
  while (wait_for_work()) {
    drop_cancelled();
    admit();
    decode_one_image();
    decode_text();
    score();
    counters_.parked = cache_.parked();
    counters_.parked_cells = cache_.cells();
    counters_.prefix_evictions = cache_.evictions();
  }
  Queue waiting;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Queue* queue : {&interactive_, &batch_queue_, &paused_}) {
      for (SlotPtr& slot : *queue) waiting.push_back(std::move(slot));
      queue->clear();
    }
  }
  for (SlotPtr& slot : slots_) waiting.push_back(std::move(slot));
  slots_.clear();
  for (const SlotPtr& slot : waiting) slot->fail(disposed());
}

bool Scheduler::wait_for_work() {
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] {
    return stopping_ || !interactive_.empty() || !batch_queue_.empty() || !slots_.empty() || !paused_.empty();
  });
  return !stopping_;
}

void Scheduler::drop_cancelled() {
  Queue dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Queue* queue : {&interactive_, &batch_queue_, &paused_}) {
      const auto gone = std::stable_partition(queue->begin(), queue->end(),
                                              [](const SlotPtr& slot) { return !slot->request().cancelled; });
      if (queue != &paused_) counters_.waiting -= queue->end() - gone;
      std::move(gone, queue->end(), std::back_inserter(dropped));
      queue->erase(gone, queue->end());
    }
  }
  for (size_t i = slots_.size(); i-- > 0;) {
    if (slots_[i]->request().cancelled) dropped.push_back(retire(*slots_[i]));
  }
  for (const SlotPtr& slot : dropped) {
    ++counters_.cancelled;
    slot->fail(aborted());
  }
}

// A picture goes alone: its attention is not causal, and that is a setting of the whole context. One picture
// a turn, so that a prompt with many does not hold up the others' answers.
void Scheduler::decode_one_image() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[(next_image_slot_ + i) % slots_.size()];
    const Segment* segment = slot.segment();
    if (segment == nullptr || !segment->image) continue;
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
  const int rows = static_cast<int>(kPrefillMilliseconds / milliseconds_per_prompt_row_);
  return std::clamp(rows, kMinPrefillRows, context_.batch_size());
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
  int prompt_rows = 0;
  for (size_t i = 0; i < prompts.size() && budget > 0; ++i) {
    Slot& slot = *prompts[i];
    const Segment& segment = *slot.segment();
    const int share =
        (budget + static_cast<int>(prompts.size() - i) - 1) / static_cast<int>(prompts.size() - i);
    const int count = std::min(segment.size() - slot.segment_offset(), share);
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
  if (prompt_rows >= kMinPrefillRows)
    milliseconds_per_prompt_row_ = milliseconds_since(started) / batch_.size();
  counters_.prompt_tokens += prompt_rows;

  for (const Rows& row : rows) {
    row.slot->advance(row.count);
    if (row.output < 0) continue;
    try {
      if (row.slot->take(context_.logits(row.output))) complete(*row.slot);
    } catch (const EngineError& error) {
      fail(*row.slot, error);
    }
  }
}

void Scheduler::score() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[i];
    if (!slot.scoring() || slot.result().scores.empty()) continue;
    lone_cancel_ = &slot.request().cancelled;
    const int code = score_continuations(slot, context_, cache_, batch_);
    lone_cancel_ = nullptr;
    if (code == 2) return;  // cancelled or stopping: the next turn sees to it
    if (code != 0) {
      fail(slot,
           EngineError(code == 1 ? "context_full" : "decode_failed", "Scoring failed: " + context_.problem(),
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
  cache_.release(victim.pause());
  ++counters_.preempted;
  SlotPtr slot = take_out(victim);
  const auto later = std::find_if(paused_.begin(), paused_.end(), [&slot](const SlotPtr& other) {
    return other->request().submitted > slot->request().submitted;
  });
  paused_.insert(later, std::move(slot));
}

void Scheduler::complete(Slot& slot) {
  ++counters_.completed;
  counters_.completion_tokens += slot.result().completion_tokens;
  const SlotPtr done = retire(slot);
  done->finish();
}

void Scheduler::fail(Slot& slot, const EngineError& error) {
  ++counters_.failed;
  cache_.release(slot.pause());
  const SlotPtr failed = take_out(slot);
  failed->fail(error);
}

Scheduler::SlotPtr Scheduler::retire(Slot& slot) {
  if (slot.position() > 0) {
    cache_.park(slot.sequence(), slot.decoded_units(), slot.group());
  } else {
    cache_.release(slot.sequence());
  }
  return take_out(slot);
}

Scheduler::SlotPtr Scheduler::take_out(Slot& slot) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&slot](const SlotPtr& entry) { return entry.get() == &slot; });
  SlotPtr taken = std::move(*found);
  slots_.erase(found);
  counters_.running = static_cast<int64_t>(slots_.size());
  return taken;
}

}  // namespace medgemma
