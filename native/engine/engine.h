#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "encoder.h"
#include "gguf_facts.h"
#include "model.h"
#include "request.h"
#include "scheduler.h"
#include "text_lanes.h"

namespace medgemma {

struct LoadParams {
  std::string model_path;
  uint64_t model_bytes = 0;    // of a model in several files all of them, which the progress counts
  std::string projector_path;  // empty: text only
  int context_size = 0;        // 0: the smaller of 8192 and what the model was trained for
  int threads = 1;
  int gpu_layers = -1;                // on the devices; -1: all
  std::vector<std::string> devices;   // names of the GPUs to use; none: all is on the CPU
  std::string projector_device;       // name of one; empty: the CPU
  int parallel = 8;                   // requests that decode at the same time
  int queue_size = 1024;              // requests that may wait
  std::string encoder = "auto";       // see VisionParams
  std::vector<std::string> adapters;  // LoRA files
};

// A text to be read; exactly one of done and failed is called, from any thread.
struct TokenizeJob {
  std::string text;
  bool special = false;
  std::function<void(std::vector<llama_token>)> done;
  std::function<void(const EngineError&)> failed;
  std::atomic<bool> cancelled{false};
};

// One loaded model with its projector. Methods may be called from any thread.
class Engine {
 public:
  // Blocks for as long as loading takes. Throws EngineError.
  static std::shared_ptr<Engine> load(const LoadParams& params, const LoadProgress& progress);

  const GgufFacts& model_facts() const { return model_facts_; }
  const GgufFacts& projector_facts() const { return projector_facts_; }
  const Model& model() const { return *model_; }
  bool has_projector() const { return encoder_ != nullptr; }
  int image_size() const { return encoder_ ? encoder_->model().image_size() : 0; }
  int image_tokens() const { return encoder_ ? encoder_->model().tokens() : 0; }
  // Which code encodes pictures; see VisionModel::name.
  std::string encoder_name() const { return encoder_ ? encoder_->model().name() : ""; }
  int context_size() const { return scheduler_->context_size(); }
  int threads() const { return threads_; }

  // `job->rgb` must be image_size * image_size * 3 bytes. Throws EngineError(projector_missing).
  void encode(std::shared_ptr<EncodeJob> job);
  // Throws TooManyTokens, and EngineError.
  std::vector<Segment> tokenize_prompt(const std::vector<PromptPiece>& pieces,
                                       const TokenBounds& bounds = {}) const;
  // Of tokens: an answer, or the scores of continuations. Throws as Scheduler::submit.
  void submit(std::shared_ptr<Request> request);
  // The same of texts, which are read on a thread for that and refused (context_full) as soon as they cannot
  // fit. Of `request->continuations` only the number counts. Never throws; `request` is told.
  void ask(std::shared_ptr<Request> request, std::vector<PromptPiece> pieces,
           std::vector<std::string> continuations);
  // Tokens of a text. Never throws; `job` is told.
  void tokenize(std::shared_ptr<TokenizeJob> job);
  SchedulerStats stats() const { return scheduler_->stats(); }
  // What the threads are at that decode and that encode pictures.
  std::vector<StepClock::Step> steps() const;
  void cancel(Request& request) { scheduler_->cancel(request); }
  // Fails everything that runs or waits with `disposed`. Later calls fail the same way. Blocks until the
  // threads ended.
  void stop();

 private:
  Engine() = default;
  void read(const std::vector<PromptPiece>& pieces, const std::vector<std::string>& continuations,
            Request& request, const std::function<bool()>& stopped) const;

  GgufFacts model_facts_;
  GgufFacts projector_facts_;
  int threads_ = 1;
  std::shared_ptr<Model> model_;
  std::unique_ptr<Encoder> encoder_;
  std::shared_ptr<Adapters> adapters_;
  std::unique_ptr<Scheduler> scheduler_;
  TextLanes texts_;  // the first to end: it uses all others
};

}  // namespace medgemma
