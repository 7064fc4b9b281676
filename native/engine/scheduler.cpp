#include "scheduler.h"

#include <algorithm>

#include "log.h"

namespace medgemma {
namespace {

constexpr int kBatch = 512;  // rows a decode takes; more prompt rows wait for the next turn

EngineError context_full(int asked, int available) {
  return EngineError("context_full",
                     "The prompt and the answer need " + std::to_string(asked) +
                         " tokens; the context holds " + std::to_string(available) + ".",
                     {{"required", asked}, {"available", available}});
}

llama_context_params context_params(const Model& model, const SchedulerParams& params) {
  llama_context_params context = llama_context_default_params();
  context.n_ctx = params.context_size > 0 ? params.context_size : std::min(8192, model.trained_context());
  context.n_batch = std::max(kBatch, params.image_tokens);
  // A picture's rows attend to each other in both directions, so they must fit into one physical batch.
  context.n_ubatch = context.n_batch;
  context.n_seq_max = params.parallel;
  // Without this, llama.cpp reserves logits of the whole vocabulary for every row of a batch: half a
  // gigabyte.
  context.n_outputs_max = params.parallel;
  context.n_threads = params.threads;
  context.n_threads_batch = params.threads;
  context.swa_full = false;
  context.kv_unified = true;
  context.no_perf = true;
  return context;
}

}  // namespace

Scheduler::Scheduler(std::shared_ptr<Model> model, const SchedulerParams& params)
    : model_(std::move(model)),
      threads_(params.threads),
      context_(nullptr, llama_free),
      parallel_(params.parallel) {
  llama_context_params context = context_params(*model_, params);
  context.abort_callback = on_abort;
  context.abort_callback_data = this;
  clear_last_problem();
  context_.reset(llama_init_from_model(model_->get(), context));
  if (!context_)
    throw EngineError("model_load_failed", "llama.cpp could not make a context: " + last_problem());
  if (threads_.get() != nullptr) llama_attach_threadpool(context_.get(), threads_.get(), threads_.get());
  context_size_ = static_cast<int>(llama_n_ctx(context_.get()));
  batch_size_ = static_cast<int>(llama_n_batch(context_.get()));
  for (llama_seq_id sequence = parallel_ - 1; sequence >= 0; --sequence) free_sequences_.push_back(sequence);
  thread_ = std::thread([this] { run(); });
}

Scheduler::~Scheduler() {
  stop();
  context_.reset();  // before the thread pool it uses
}

void Scheduler::submit(std::shared_ptr<Request> request) {
  const int prompt = request->prompt_tokens();
  GenerateOptions& options = request->options;
  if (options.clamp_max_tokens)
    options.max_tokens = std::max(1, std::min(options.max_tokens, context_size_ - prompt));
  if (prompt + options.max_tokens > context_size_)
    throw context_full(prompt + options.max_tokens, context_size_);
  request->submitted = Clock::now();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(request));
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

// Polled by the CPU backend's threads after every node of the graph.
bool Scheduler::on_abort(void* data) {
  auto* self = static_cast<Scheduler*>(data);
  const std::atomic<bool>* lone = self->lone_cancel_.load();
  return self->stopping_ || (lone != nullptr && *lone);
}

void Scheduler::run() {
  while (wait_for_work()) {
    drop_cancelled();
    admit();
    decode_one_image();
    decode_text();
  }
  std::deque<std::shared_ptr<Request>> waiting;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    waiting.swap(queue_);
  }
  for (const auto& request : waiting) request->failed(disposed());
  for (const auto& slot : slots_) slot->fail(disposed());
  slots_.clear();
}

bool Scheduler::wait_for_work() {
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty() || !slots_.empty(); });
  return !stopping_;
}

void Scheduler::drop_cancelled() {
  std::vector<std::shared_ptr<Request>> dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto keep =
        std::stable_partition(queue_.begin(), queue_.end(),
                              [](const std::shared_ptr<Request>& request) { return !request->cancelled; });
    dropped.assign(keep, queue_.end());
    queue_.erase(keep, queue_.end());
  }
  for (const auto& request : dropped) request->failed(aborted());
  for (size_t i = slots_.size(); i-- > 0;) {
    if (slots_[i]->request().cancelled) fail(*slots_[i], aborted());
  }
}

void Scheduler::admit() {
  std::lock_guard<std::mutex> lock(mutex_);
  while (!queue_.empty() && !free_sequences_.empty() && fits(*queue_.front())) {
    slots_.push_back(std::make_unique<Slot>(std::move(queue_.front()), free_sequences_.back(), *model_));
    queue_.pop_front();
    free_sequences_.pop_back();
  }
}

// Whether the context has cells for this request beside those that run.
bool Scheduler::fits(const Request& request) const {
  int needed = request.prompt_tokens() + request.options.max_tokens;
  for (const SlotPtr& slot : slots_)
    needed += slot->request().prompt_tokens() + slot->request().options.max_tokens;
  return needed <= context_size_;
}

// A picture goes alone: its attention is not causal, and that is a setting of the whole context. One picture
// a turn, so that a prompt with many does not hold up the others' answers.
void Scheduler::decode_one_image() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[(next_image_slot_ + i) % slots_.size()];
    const Segment* segment = slot.segment();
    if (segment == nullptr || !segment->image) continue;
    next_image_slot_ = (next_image_slot_ + i + 1) % slots_.size();
    batch_.set_image(segment->image->values.data(), segment->size(), slot.position(), slot.sequence());
    llama_set_causal_attn(context_.get(), false);
    const bool decoded = decode(batch_, {&slot});
    llama_set_causal_attn(context_.get(), true);
    if (decoded) slot.advance(segment->size());
    return;
  }
}

void Scheduler::decode_text() {
  struct Rows {
    Slot* slot;
    int count;
    int output;  // row with logits, or -1
  };
  std::vector<Rows> rows;
  std::vector<Slot*> batch_slots;
  batch_.clear();
  for (const SlotPtr& slot : slots_) {
    if (slot->in_prompt()) continue;
    rows.push_back({slot.get(), 1, batch_.add(slot->last_token(), slot->position(), slot->sequence(), true)});
    batch_slots.push_back(slot.get());
  }
  for (const SlotPtr& slot : slots_) {
    const Segment* segment = slot->segment();
    if (segment == nullptr || segment->image) continue;
    const int count = std::min(segment->size() - slot->segment_offset(), batch_size_ - batch_.size());
    if (count <= 0) continue;
    const bool last = count == slot->prompt_rows_left();
    int output = -1;
    for (int i = 0; i < count; ++i) {
      const bool is_output = last && i == count - 1;
      const int row = batch_.add(segment->tokens[slot->segment_offset() + i], slot->position() + i,
                                 slot->sequence(), is_output);
      if (is_output) output = row;
    }
    rows.push_back({slot.get(), count, output});
    batch_slots.push_back(slot.get());
  }
  if (rows.empty() || !decode(batch_, batch_slots)) return;

  std::vector<Slot*> finished;
  for (const Rows& row : rows) {
    row.slot->advance(row.count);
    if (row.output < 0) continue;
    try {
      if (row.slot->take(llama_get_logits_ith(context_.get(), row.output))) finished.push_back(row.slot);
    } catch (const EngineError& error) {
      fail(*row.slot, error);
    }
  }
  for (Slot* slot : finished) {
    slot->finish();
    remove(*slot);
  }
}

bool Scheduler::decode(Batch& batch, const std::vector<Slot*>& slots) {
  lone_cancel_ = slots.size() == 1 ? &slots[0]->request().cancelled : nullptr;
  int32_t code;
  std::string problem;
  try {
    clear_last_problem();
    code = llama_decode(context_.get(), batch.view());
  } catch (const std::exception& error) {
    code = -3;
    problem = error.what();
  }
  lone_cancel_ = nullptr;
  if (code == 0) return true;

  // What llama_decode leaves behind is documented beside it in llama.h: after 2 and below -1, rows already
  // processed stay in the memory. Their slots are removed, and the sequences with them.
  if (code == 2) {
    for (Slot* slot : slots) fail(*slot, stopping_ ? disposed() : aborted());
  } else if (code == 1) {
    Slot* youngest = *std::max_element(slots.begin(), slots.end(), [](const Slot* a, const Slot* b) {
      return a->request().submitted < b->request().submitted;
    });
    fail(*youngest, context_full(youngest->position() + batch.size(), context_size_));
  } else {
    if (problem.empty()) problem = last_problem();
    for (Slot* slot : slots) {
      fail(*slot,
           EngineError("decode_failed", "llama_decode returned " + std::to_string(code) + ": " + problem,
                       {{"llamaCode", code}}));
    }
  }
  return false;
}

void Scheduler::remove(Slot& slot) {
  llama_memory_seq_rm(llama_get_memory(context_.get()), slot.sequence(), -1, -1);
  free_sequences_.push_back(slot.sequence());
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&slot](const SlotPtr& entry) { return entry.get() == &slot; });
  slots_.erase(found);
}

void Scheduler::fail(Slot& slot, const EngineError& error) {
  slot.fail(error);
  remove(slot);
}

}  // namespace medgemma
