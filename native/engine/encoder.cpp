#include "encoder.h"

#include <ggml.h>
#include <mtmd.h>

#include <algorithm>
#include <cstring>

#include "gguf_facts.h"
#include "log.h"

namespace medgemma {
namespace {

// Runs mtmd's preprocessing of one picture of the encoder's own size (mtmd copies such a picture unchanged).
// Null pixels give a placeholder that only counts tokens.
mtmd::input_chunks_ptr make_chunks(mtmd_context* context, int image_size, const uint8_t* rgb) {
  mtmd::bitmap bitmap(mtmd_bitmap_init(image_size, image_size, rgb));
  mtmd::input_chunks_ptr chunks(mtmd_input_chunks_init());
  mtmd_input_part part = {nullptr, bitmap.ptr.get()};
  const mtmd_input_part* parts[] = {&part};
  if (mtmd_tokenize_from_parts(context, chunks.get(), parts, 1, /* add_special */ false) != 0) {
    throw EngineError("encode_failed", "mtmd could not prepare the picture: " + last_problem());
  }
  return chunks;
}

const mtmd_input_chunk* image_chunk(const mtmd::input_chunks_ptr& chunks) {
  for (size_t i = 0; i < mtmd_input_chunks_size(chunks.get()); ++i) {
    const mtmd_input_chunk* chunk = mtmd_input_chunks_get(chunks.get(), i);
    if (mtmd_input_chunk_get_type(chunk) == MTMD_INPUT_CHUNK_TYPE_IMAGE) return chunk;
  }
  throw EngineError("encode_failed", "mtmd made no picture of the pixels.");
}

}  // namespace

Encoder::Encoder(const std::string& path, const Model& model, int threads, bool use_gpu,
                 const LoadProgress& progress)
    : model_(model), context_(nullptr, mtmd_free) {
  struct Watch {
    const LoadProgress& report;
    bool stopped = false;
  } watch{progress};

  mtmd_context_params params = mtmd_context_params_default();
  params.use_gpu = use_gpu;
  params.n_threads = threads;
  params.print_timings = false;
  // Builds the graph and reserves its memory: a projector of a wrong shape shows now, not at the first
  // picture.
  params.warmup = true;
  params.cb_eval = on_eval;
  params.cb_eval_user_data = this;
  params.progress_callback = [](float value, void* data) {
    auto* state = static_cast<Watch*>(data);
    state->stopped = state->stopped || !state->report(value);
    return !state->stopped;
  };
  params.progress_callback_user_data = &watch;

  clear_last_problem();
  context_.reset(mtmd_init_from_file(path.c_str(), model.get(), params));
  if (!context_) {
    if (watch.stopped) throw aborted();
    throw EngineError("model_load_failed", "llama.cpp could not load the projector: " + last_problem());
  }
  const GgufFacts facts = read_gguf_facts(path);
  image_size_ = static_cast<int>(facts.image_size);
  layers_ = std::max(1, static_cast<int>(facts.block_count));
  const mtmd::input_chunks_ptr chunks = make_chunks(context_.get(), image_size_, nullptr);
  image_tokens_ = static_cast<int>(mtmd_input_chunk_get_n_tokens(image_chunk(chunks)));
  thread_ = std::thread([this] { run(); });
}

Encoder::~Encoder() {
  stop();
}

void Encoder::submit(std::shared_ptr<EncodeJob> job) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  job->failed(disposed());
}

void Encoder::stop() {
  std::deque<std::shared_ptr<EncodeJob>> waiting;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    waiting.swap(queue_);
    wake_.notify_one();
  }
  for (const auto& job : waiting) job->failed(disposed());
  if (thread_.joinable()) thread_.join();
}

// The scheduler asks before each node whether we want to look at it; it computes all nodes up to one we do
// want in one go. Asking for each layer's last node costs nothing and lets a job be stopped between layers.
bool Encoder::on_eval(ggml_tensor* tensor, bool ask, void* data) {
  auto* self = static_cast<Encoder*>(data);
  if (ask) return std::strncmp(tensor->name, "layer_out", 9) == 0;
  ++self->layers_done_;
  if (self->current_ && self->current_->progress) {
    self->current_->progress(std::min(1.0f, self->layers_done_ / static_cast<float>(self->layers_)));
  }
  // Returning false ends the graph, and mtmd still reports success: encode() checks the flags again.
  return !self->stopping_ && !(self->current_ && self->current_->cancelled);
}

void Encoder::run() {
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      current_ = std::move(queue_.front());
      queue_.pop_front();
    }
    try {
      encode(*current_);
    } catch (const EngineError& error) {
      current_->failed(error);
    } catch (const std::exception& error) {
      current_->failed(EngineError("encode_failed", error.what()));
    }
    current_.reset();
  }
}

void Encoder::encode(EncodeJob& job) {
  if (job.cancelled) throw aborted();
  layers_done_ = 0;
  const mtmd::input_chunks_ptr chunks = make_chunks(context_.get(), image_size_, job.rgb.data());
  const mtmd_input_chunk* chunk = image_chunk(chunks);
  const int32_t result = mtmd_encode_chunk(context_.get(), chunk);
  if (stopping_) throw disposed();
  if (job.cancelled) throw aborted();
  if (result != 0) throw EngineError("encode_failed", "mtmd failed to encode the picture: " + last_problem());

  auto embedding = std::make_shared<ImageEmbedding>();
  embedding->tokens = static_cast<int>(mtmd_input_chunk_get_n_tokens(chunk));
  embedding->width = model_.embedding_width();
  embedding->serial = job.serial;
  // The output belongs to the context and is overwritten by the next picture.
  const float* output = mtmd_get_output_embd(context_.get());
  embedding->values.assign(output, output + static_cast<size_t>(embedding->tokens) * embedding->width);
  job.done(std::move(embedding));
}

}  // namespace medgemma
