#include "context.h"

#include <algorithm>

#include "errors.h"
#include "log.h"

namespace medgemma {
namespace {

// A picture of MedGemma fits, and a CPU gains nothing from more rows; compute buffers grow with it.
constexpr int kBatch = 256;
constexpr int kDefaultSize = 8192;
// Sequences beside the running ones, for parked prefixes and the forks of a scoring.
constexpr int kSpare = 8;
constexpr int kSpareWhenWindowed = 4;

// Cells that sliding-window layers get (llama-kv-cache-iswa.cpp): a window for every sequence and one batch.
int window_cells(const Model& model, int sequences, int batch) {
  return model.sliding_window() * sequences + batch;
}

}  // namespace

Context::Context(std::shared_ptr<Model> model, const ContextParams& params, std::function<bool()> abort)
    : model_(std::move(model)),
      threads_(params.threads),
      abort_(std::move(abort)),
      context_(nullptr, llama_free) {
  llama_context_params context = llama_context_default_params();
  const int size = params.size > 0 ? params.size : std::min(kDefaultSize, model_->trained_context());
  const int batch = std::max(kBatch, params.image_tokens);
  // While the windows of all sequences would fill the whole context anyway, keeping everything costs nothing
  // and every prefix can be forked at any length. In a larger context the windows are what keeps the memory
  // small.
  keeps_all_ = size <= window_cells(*model_, params.parallel + kSpare, batch);
  sequences_ = params.parallel + (keeps_all_ ? kSpare : kSpareWhenWindowed);
  // Without a bound, llama.cpp reserves logits of the whole vocabulary for every row of a batch: half a
  // gigabyte. Fewer than sequences it does not take.
  max_outputs_ = sequences_;
  context.n_ctx = size;
  context.n_batch = batch;
  context.n_ubatch = batch;  // a picture's rows must fit into one physical batch
  context.n_seq_max = sequences_;
  context.n_outputs_max = max_outputs_;
  context.n_threads = params.threads;
  context.n_threads_batch = params.threads;
  context.swa_full = keeps_all_;
  context.kv_unified = true;
  context.no_perf = true;
  context.abort_callback = [](void* data) { return static_cast<Context*>(data)->abort_(); };
  context.abort_callback_data = this;

  clear_last_problem();
  context_.reset(llama_init_from_model(model_->get(), context));
  if (!context_)
    throw EngineError("model_load_failed", "llama.cpp could not make a context: " + last_problem());
  if (threads_.get() != nullptr) llama_attach_threadpool(context_.get(), threads_.get(), threads_.get());
  size_ = static_cast<int>(llama_n_ctx(context_.get()));
  batch_size_ = static_cast<int>(llama_n_batch(context_.get()));
}

Context::~Context() {
  context_.reset();  // before the thread pool it uses
}

int Context::decode(Batch& batch, bool causal) {
  problem_.clear();
  clear_last_problem();
  clock_.add_rows(batch.size());
  int code;
  try {
    // Each change makes llama.cpp build its graphs anew, so it is left alone between batches of one kind.
    llama_set_causal_attn(context_.get(), causal);
    code = llama_decode(context_.get(), batch.view());
  } catch (const std::exception& error) {
    code = -3;
    problem_ = error.what();
  }
  if (code != 0 && problem_.empty()) problem_ = last_problem();
  return code;
}

void Context::set_adapters(std::vector<llama_adapter_lora*> adapters, std::vector<float> scales) {
  llama_set_adapters_lora(context_.get(), adapters.data(), adapters.size(), scales.data());
}

bool Context::reaches(llama_seq_id sequence, llama_pos position) const {
  const llama_pos first = llama_memory_seq_pos_min(llama_get_memory(context_.get()), sequence);
  // A window of n positions ending at `position` begins at position - n + 1.
  return first >= 0 && first <= std::max(0, position - model_->sliding_window() + 1);
}

void Context::fork(llama_seq_id from, llama_seq_id to, llama_pos length) {
  llama_memory_seq_cp(llama_get_memory(context_.get()), from, to, 0, length);
}

void Context::truncate(llama_seq_id sequence, llama_pos length) {
  llama_memory_seq_rm(llama_get_memory(context_.get()), sequence, length, -1);
}

void Context::clear_all() {
  llama_memory_clear(llama_get_memory(context_.get()), /* data */ false);
}

}  // namespace medgemma
