#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "errors.h"
#include "image_embedding.h"
#include "model.h"

struct mtmd_context;
struct ggml_tensor;

namespace medgemma {

// One picture to encode. The callbacks run on the encoder's thread; exactly one of done and failed is called.
struct EncodeJob {
  std::vector<uint8_t> rgb;  // image_size * image_size * 3
  uint64_t serial = 0;       // picture_serial of the picture's key
  std::function<void(std::shared_ptr<const ImageEmbedding>)> done;
  std::function<void(const EngineError&)> failed;
  std::function<void(float)> progress;  // 0..1, after each layer
  std::atomic<bool> cancelled{false};   // takes effect at the next layer
};

// The picture encoder (SigLIP and projector, through mtmd) with a thread of its own, so that decoding goes on
// while a picture is encoded.
class Encoder {
 public:
  // Throws EngineError: model_load_failed, aborted.
  Encoder(const std::string& path, const Model& model, int threads, bool use_gpu,
          const LoadProgress& progress);
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  int image_size() const { return image_size_; }
  int image_tokens() const { return image_tokens_; }

  // Jobs run in the order they come. After stop() they fail with `disposed`.
  void submit(std::shared_ptr<EncodeJob> job);
  // Fails what waits, stops what runs at its next layer, and waits for it.
  void stop();

 private:
  static bool on_eval(ggml_tensor* tensor, bool ask, void* data);
  void run();
  void encode(EncodeJob& job);

  const Model& model_;
  std::unique_ptr<mtmd_context, void (*)(mtmd_context*)> context_;
  int image_size_ = 0;
  int image_tokens_ = 0;
  int layers_ = 0;
  int layers_done_ = 0;  // of the running job

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<EncodeJob>> queue_;
  std::shared_ptr<EncodeJob> current_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace medgemma
