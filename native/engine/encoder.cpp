#include "encoder.h"

#include "finite.h"

namespace medgemma {

Encoder::Encoder(std::unique_ptr<VisionModel> model) : model_(std::move(model)), thread_([this] { run(); }) {}

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
  std::lock_guard<std::mutex> lock(joining_);
  if (thread_.joinable()) thread_.join();
}

void Encoder::run() {
  for (;;) {
    std::shared_ptr<EncodeJob> job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    try {
      begin_layer();
      encode(*job);
    } catch (const EngineError& error) {
      job->failed(error);
    } catch (const std::exception& error) {
      job->failed(EngineError("encode_failed", error.what()));
    }
    clock_.end();
  }
}

void Encoder::begin_layer() {
  clock_.begin();
  clock_.add_rows(1);
}

void Encoder::encode(EncodeJob& job) {
  if (job.cancelled) throw aborted();
  auto embedding = std::make_shared<ImageEmbedding>();
  embedding->tokens = model_->tokens();
  embedding->width = model_->width();
  embedding->serial = job.serial;
  embedding->values.resize(static_cast<size_t>(embedding->tokens) * embedding->width);
  const bool complete = model_->encode(job.rgb.data(), embedding->values.data(), [&](int done, int layers) {
    clock_.end();
    begin_layer();
    if (job.progress) job.progress(static_cast<float>(done) / static_cast<float>(layers));
    return !stopping_ && !job.cancelled;
  });
  if (!complete) throw stopping_ ? disposed() : aborted();
  if (!all_finite(embedding->values.data(), embedding->values.size())) {
    throw no_numbers("encode_failed", "the picture encoder");
  }
  job.done(std::move(embedding));
}

}  // namespace medgemma
