#include "scheduler.h"

#include <algorithm>

namespace medgemma {
Scheduler::Scheduler(std::shared_ptr<Model> model, const SchedulerParams& params)
    : model_(std::move(model)),
      parallel_(params.context.parallel),
      queue_size_(params.queue_size),
      adapters_(params.adapters),
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
  check_pictures(*request);
  const int prompt = request->prompt_tokens();
  GenerateOptions& options = request->options;
  int answer = options.max_tokens;
  if (request->scores()) {
    answer = 0;
    for (const auto& tokens : request->continuations) {
      answer = std::max(answer, static_cast<int>(tokens.size()));
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

// llama.cpp aborts the process when a picture exceeds a batch.
void Scheduler::check_pictures(const Request& request) const {
  for (const Segment& segment : request.segments) {
    if (!segment.image) continue;
    const ImageEmbedding& image = *segment.image;
    if (image.tokens < 1 || image.tokens > context_.batch_size() ||
        image.values.size() != static_cast<size_t>(image.tokens) * image.width) {
      throw EngineError("bad_option", "A picture has at most " + std::to_string(context_.batch_size()) +
                                          " rows, all of one width.");
    }
  }
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
  std::lock_guard<std::mutex> lock(joining_);
  if (thread_.joinable()) thread_.join();
}

void Scheduler::run() {
  while (wait_for_work()) {
    try {
      context_.clock().begin();
      turn();
    } catch (const std::exception& error) {
      // Out of memory, say. Nobody knows how far the turn came, so nothing of it is kept.
      end_all(EngineError("decode_failed", error.what()));
    }
    context_.clock().end();
  }
  end_all(disposed());
}

void Scheduler::turn() {
  drop_cancelled();
  admit();
  choose_adapters();
  decode_one_image();
  decode_text();
  score();
  count_parked();
}

void Scheduler::count_parked() {
  counters_.parked = cache_.parked();
  counters_.parked_cells = cache_.cells();
  counters_.prefix_evictions = cache_.evictions();
}

void Scheduler::end_all(const EngineError& error) {
  lone_cancel_ = nullptr;
  Queue ended;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Queue* queue : {&interactive_, &batch_queue_, &paused_}) {
      for (SlotPtr& slot : *queue) ended.push_back(std::move(slot));
      queue->clear();
    }
    counters_.waiting = 0;
  }
  for (SlotPtr& slot : slots_) ended.push_back(std::move(slot));
  slots_.clear();
  counters_.running = 0;
  crowded_ = false;
  context_.clear_all();
  cache_.reset();
  count_parked();
  for (const SlotPtr& slot : ended) slot->fail(error);
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
      counters_.waiting -= queue->end() - gone;
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

void Scheduler::complete(Slot& slot) {
  ++counters_.completed;
  counters_.completion_tokens += slot.result().completion_tokens;
  const SlotPtr done = retire(slot);
  done->finish();
}

void Scheduler::fail(Slot& slot, const EngineError& error) {
  ++counters_.failed;
  drop_fork(slot);
  cache_.release(slot.pause());
  const SlotPtr failed = take_out(slot);
  failed->fail(error);
}

Scheduler::SlotPtr Scheduler::retire(Slot& slot) {
  drop_fork(slot);
  if (slot.position() > 0) {
    cache_.park(slot.sequence(), slot.decoded_units(), slot.group());
  } else {
    cache_.release(slot.sequence());
  }
  count_parked();
  return take_out(slot);
}

void Scheduler::drop_fork(Slot& slot) {
  if (slot.fork() >= 0) cache_.release(slot.fork());
  slot.set_fork(-1);
}

Scheduler::SlotPtr Scheduler::take_out(Slot& slot) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&slot](const SlotPtr& entry) { return entry.get() == &slot; });
  SlotPtr taken = std::move(*found);
  slots_.erase(found);
  counters_.running = static_cast<int64_t>(slots_.size());
  crowded_ = false;
  return taken;
}

}  // namespace medgemma
