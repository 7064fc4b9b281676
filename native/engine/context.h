#pragma once

#include <llama.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backend.h"
#include "batch.h"
#include "model.h"
#include "step_clock.h"

namespace medgemma {

struct ContextParams {
  int size = 0;  // tokens; 0: the smaller of 8192 and what the model was trained for
  int threads = 1;
  int parallel = 1;      // requests that decode at the same time
  int image_tokens = 0;  // rows of a picture, which must fit into one batch
};

// llama_context with a unified KV cache: several sequences share one pool of cells, so that a fork copies
// nothing.
class Context {
 public:
  // `abort` is polled by the CPU backend after every node of the graph. Throws
  // EngineError(model_load_failed).
  Context(std::shared_ptr<Model> model, const ContextParams& params, std::function<bool()> abort);
  ~Context();

  // Asked of llama.cpp, which may differ from what was requested.
  int size() const { return size_; }
  int batch_size() const { return batch_size_; }
  int sequences() const { return sequences_; }
  // Rows of one decode that may ask for logits.
  int max_outputs() const { return max_outputs_; }
  // True when sliding windows keep everything, so that a sequence can be cut back to any length.
  bool keeps_all() const { return keeps_all_; }

  // What the next decodes are computed with. Each change makes llama.cpp build its graphs anew.
  void set_adapters(std::vector<llama_adapter_lora*> adapters, std::vector<float> scales);
  // llama_decode's code; exceptions become -3. Rows of a picture attend in both directions: causal = false.
  int decode(Batch& batch, bool causal);
  // Of the thread that decodes, which begins and ends the steps; their rows are counted here.
  StepClock& clock() { return clock_; }
  const StepClock& clock() const { return clock_; }
  const float* logits(int row) const { return llama_get_logits_ith(context_.get(), row); }
  // llama.cpp's words about the last failure.
  const std::string& problem() const { return problem_; }

  // Whether decoding can go on at `position` of a sequence that has been decoded beyond it: sliding windows
  // forget.
  bool reaches(llama_seq_id sequence, llama_pos position) const;
  // Makes `to`, which must be empty, share the first `length` positions of `from`.
  void fork(llama_seq_id from, llama_seq_id to, llama_pos length);
  void truncate(llama_seq_id sequence, llama_pos length);
  void clear(llama_seq_id sequence) { truncate(sequence, 0); }
  void clear_all();

 private:
  std::shared_ptr<Model> model_;
  ThreadPool threads_;
  std::function<bool()> abort_;
  std::unique_ptr<llama_context, decltype(&llama_free)> context_;
  int size_ = 0;
  int batch_size_ = 0;
  int sequences_ = 0;
  int max_outputs_ = 0;
  bool keeps_all_ = false;
  std::string problem_;
  StepClock clock_;
};

}  // namespace medgemma
