#pragma once

#include <llama.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "backend.h"
#include "batch.h"
#include "model.h"
#include "request.h"
#include "slot.h"

namespace medgemma {

struct SchedulerParams {
  int context_size = 8192;  // tokens, rounded up to a multiple of 256 by llama.cpp
  int threads = 1;
  int parallel = 1;  // requests that decode at the same time
  int image_tokens = 0;
};

// Runs requests on one llama_context with one thread. Each turn: admit, one picture of a prompt, then one
// batch with a token of every decoding request and as much prompt text as fits.
class Scheduler {
 public:
  // Throws EngineError(model_load_failed) when the context cannot be made.
  Scheduler(std::shared_ptr<Model> model, const SchedulerParams& params);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Asked of the context, which may differ from what was requested.
  int context_size() const { return context_size_; }

  // Throws EngineError(context_full) when prompt and answer cannot fit. After stop() the request fails as
  // disposed.
  void submit(std::shared_ptr<Request> request);
  void cancel(Request& request);
  // Fails everything with `disposed` and waits for the thread.
  void stop();

 private:
  using SlotPtr = std::unique_ptr<Slot>;

  static bool on_abort(void* data);
  void run();
  bool wait_for_work();
  void drop_cancelled();
  void admit();
  bool fits(const Request& request) const;
  void decode_one_image();
  void decode_text();
  // True when the batch was decoded. Otherwise the slots that cannot go on have been failed and removed.
  bool decode(Batch& batch, const std::vector<Slot*>& slots);
  void remove(Slot& slot);
  void fail(Slot& slot, const EngineError& error);

  std::shared_ptr<Model> model_;
  ThreadPool threads_;
  std::unique_ptr<llama_context, decltype(&llama_free)> context_;
  int context_size_ = 0;
  int batch_size_ = 0;
  int parallel_ = 1;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Request>> queue_;
  std::atomic<bool> stopping_{false};
  // The cancel flag of the only request in the running batch: its decode can be broken off without hurting
  // others.
  std::atomic<const std::atomic<bool>*> lone_cancel_{nullptr};

  // Of the scheduler's thread:
  std::vector<SlotPtr> slots_;
  std::vector<llama_seq_id> free_sequences_;
  Batch batch_;
  size_t next_image_slot_ = 0;

  std::thread thread_;
};

}  // namespace medgemma
