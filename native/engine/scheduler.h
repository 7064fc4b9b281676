#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapter.h"
#include "batch.h"
#include "context.h"
#include "model.h"
#include "prefix_cache.h"
#include "request.h"
#include "slot.h"
#include "stats.h"

namespace medgemma {

struct SchedulerParams {
  ContextParams context;
  int queue_size = 1024;               // requests that may wait
  std::shared_ptr<Adapters> adapters;  // null: none
};

// Runs requests on one context with one thread. Each turn: admit, one picture of a prompt, then one batch
// with a token of every answering request and a share of the prompts that are still read, then one batch of
// continuations to score.
//
// What an ended request computed stays parked, and a new one forks the longest prefix it finds. When the
// context is full, parked prefixes go first, then the youngest request is paused, and only then one fails.
class Scheduler {
 public:
  // Throws EngineError(model_load_failed) when the context cannot be made.
  Scheduler(std::shared_ptr<Model> model, const SchedulerParams& params);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  int context_size() const { return context_.size(); }
  SchedulerStats stats() const { return counters_.read(); }
  StepClock::Step step() const { return context_.clock().read(); }

  // Throws EngineError: context_full when prompt and answer cannot fit, queue_full, grammar_unsupported.
  // After stop() the request fails as disposed.
  void submit(std::shared_ptr<Request> request);
  void cancel(Request& request);
  // Fails everything with `disposed` and waits for the thread.
  void stop();

 private:
  using SlotPtr = std::unique_ptr<Slot>;
  using Queue = std::deque<SlotPtr>;

  enum class Admission { started, waits_for_prefix, no_room };

  void run();
  void turn();
  void end_all(const EngineError& error);
  bool wait_for_work();
  void drop_cancelled();

  // admission.cpp
  void admit();
  void admit_from(Queue& queue, bool& draining);
  Admission start(SlotPtr& slot);
  bool fits(const Slot& slot, const PrefixCache::Match& match) const;
  bool may_squeeze_in(const Slot& slot) const;
  PrefixCache::Match find_prefix(const Slot& slot, bool& wait);

  // adapter_turns.cpp
  // Whose adapters this turn computes with.
  void choose_adapters();
  bool has_turn(const Slot& slot) const { return slot.request().adapters.number == active_mix_; }

  // decoding.cpp
  void decode_one_image();
  void decode_text();
  int prefill_budget() const;
  int rows_beside_short_prompts() const;
  void score();
  // True when the batch was decoded. Otherwise the slots that cannot go on have been paused, or failed and
  // removed.
  bool decode(Batch& batch, bool causal, const std::vector<Slot*>& slots);
  void make_room(const std::vector<Slot*>& slots);
  // The logits after everything that the slot has decoded so far.
  void take(Slot& slot, const float* logits);

  void complete(Slot& slot);
  void fail(Slot& slot, const EngineError& error);
  // Of a continuation that is scored by halves.
  void drop_fork(Slot& slot);
  // Takes the slot out and parks what it has decoded.
  SlotPtr retire(Slot& slot);
  SlotPtr take_out(Slot& slot);
  void count_parked();
  void check_pictures(const Request& request) const;

  std::shared_ptr<Model> model_;
  int parallel_;
  int queue_size_;
  std::shared_ptr<Adapters> adapters_;
  std::atomic<bool> stopping_{false};
  // The cancel flag of the only request in the running batch: its decode can be broken off without hurting
  // others.
  std::atomic<const std::atomic<bool>*> lone_cancel_{nullptr};
  Counters counters_;
  Context context_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Queue interactive_;
  Queue batch_queue_;

  // Of the scheduler's thread:
  PrefixCache cache_;
  std::vector<SlotPtr> slots_;
  Queue paused_;  // oldest first
  // A request was paused, and none that goes on has ended since: what is paused would be paused again.
  bool crowded_ = false;
  // Requests of one mix of adapters have the turn, the others wait theirs.
  uint32_t active_mix_ = 0;
  int turns_of_mix_ = 0;
  Batch batch_;
  size_t next_image_slot_ = 0;
  uint64_t last_group_ = 0;
  double milliseconds_per_prompt_row_ = 0;
  double milliseconds_per_answer_turn_ = 0;

  std::mutex joining_;
  std::thread thread_;
};

}  // namespace medgemma
