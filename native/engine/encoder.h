#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "errors.h"
#include "image_embedding.h"
#include "step_clock.h"
#include "vision_model.h"

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

// Encodes pictures on a thread of its own, so that decoding goes on meanwhile.
class Encoder {
 public:
  explicit Encoder(std::unique_ptr<VisionModel> model);
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  const VisionModel& model() const { return *model_; }
  // A layer of a picture.
  StepClock::Step step() const { return clock_.read(); }

  // Jobs run in the order they come. After stop() they fail with `disposed`.
  void submit(std::shared_ptr<EncodeJob> job);
  // Fails what waits, stops what runs at its next layer, and waits for it.
  void stop();

 private:
  void run();
  void encode(EncodeJob& job);
  void begin_layer();

  std::unique_ptr<VisionModel> model_;
  std::mutex mutex_;
  std::mutex joining_;  // several threads may stop it
  std::condition_variable wake_;
  std::deque<std::shared_ptr<EncodeJob>> queue_;
  std::atomic<bool> stopping_{false};
  StepClock clock_;
  std::thread thread_;
};

}  // namespace medgemma
