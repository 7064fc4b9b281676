#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "model.h"
#include "request.h"
#include "sampler.h"
#include "stop_strings.h"
#include "utf8.h"

namespace medgemma {

using Clock = std::chrono::steady_clock;

inline double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A running request: how far its prompt is decoded, and its answer so far. Owns one sequence of the context.
class Slot {
 public:
  Slot(std::shared_ptr<Request> request, llama_seq_id sequence, const Model& model);

  const Request& request() const { return *request_; }
  llama_seq_id sequence() const { return sequence_; }
  // Positions decoded so far; the next row's position.
  llama_pos position() const { return position_; }

  // The prompt's next piece, or null when the whole prompt is decoded.
  const Segment* segment() const;
  // Rows of that piece already decoded (always 0 for a picture: it goes in one batch).
  int segment_offset() const { return segment_offset_; }
  bool in_prompt() const { return segment() != nullptr; }
  int prompt_rows_left() const;
  // The token to be decoded next, once the prompt is done.
  llama_token last_token() const { return last_token_; }

  // Rows were decoded: of the prompt, or the last token.
  void advance(int rows);
  // The logits after everything so far: picks the next token and reports it. True when the answer is
  // complete.
  bool take(const float* logits);

  void finish();                        // calls done
  void fail(const EngineError& error);  // calls failed

 private:
  void emit(const std::string& text, std::vector<TokenLogprob> logprobs);

  std::shared_ptr<Request> request_;
  llama_seq_id sequence_;
  const Model& model_;
  size_t segment_index_ = 0;
  int segment_offset_ = 0;
  llama_pos position_ = 0;
  llama_token last_token_ = 0;
  Sampler sampler_;
  Utf8Assembler utf8_;
  StopStrings stops_;
  Result result_;
  Clock::time_point admitted_;
  Clock::time_point first_token_;
};

}  // namespace medgemma
