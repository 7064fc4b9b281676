#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "prefix.h"
#include "request.h"
#include "sampler.h"
#include "stop_strings.h"
#include "utf8.h"

namespace medgemma {

// A running request: how far its prompt is decoded, and its answer so far. Holds one sequence of the context
// while it runs; a paused one holds none and will decode everything again, its own answer so far as part of
// the prompt.
class Slot {
 public:
  Slot(std::shared_ptr<Request> request, const Model& model);

  const Request& request() const { return *request_; }
  llama_seq_id sequence() const { return sequence_; }
  uint64_t group() const { return group_; }
  // Rows taken over from another sequence of the same group.
  int shared() const { return shared_; }
  // What the prompt (with the answer so far) consists of; the first position() of them are decoded.
  const std::vector<Unit>& units() const { return units_; }
  std::vector<Unit> decoded_units() const { return {units_.begin(), units_.begin() + position_}; }
  // Positions decoded so far; the next row's position.
  llama_pos position() const { return position_; }

  // Begins, or begins again, on a sequence that already holds the first `shared` positions.
  void start(llama_seq_id sequence, int shared, uint64_t group);
  // Gives the sequence back to the caller.
  llama_seq_id pause();

  // The prompt's next piece, or null when the whole prompt is decoded.
  const Segment* segment() const;
  // Rows of that piece already decoded (always 0 for a picture: it goes in one batch).
  int segment_offset() const { return segment_offset_; }
  bool in_prompt() const { return segment() != nullptr; }
  int prompt_rows_left() const { return static_cast<int>(prompt_units_) - position_; }
  bool scoring() const { return !in_prompt() && request_->scores(); }
  bool generating() const { return !in_prompt() && !request_->scores(); }
  // The token to be decoded next, while generating.
  llama_token last_token() const { return last_token_; }

  // Smaller requests that were started before it though it had come first.
  int overtaken() const { return overtaken_; }
  void count_overtaken() { ++overtaken_; }

  // Rows were decoded: of the prompt, or the last token.
  void advance(int rows);
  // The logits after everything so far: picks the next token, or scores the continuations' first tokens. True
  // when the request is complete.
  bool take(const float* logits);

  // The sequence of a continuation that takes several batches, between them; -1 without one.
  llama_seq_id fork() const { return fork_; }
  void set_fork(llama_seq_id sequence) { fork_ = sequence; }

  Result& result() { return result_; }
  const Result& result() const { return result_; }
  int vocabulary_size() const { return model_.vocabulary_size(); }
  void finish();                        // calls done
  void fail(const EngineError& error);  // calls failed

 private:
  bool generate(const float* logits);
  void emit(const std::string& text, std::vector<TokenLogprob> logprobs);

  std::shared_ptr<Request> request_;
  const Model& model_;
  llama_seq_id sequence_ = -1;
  llama_seq_id fork_ = -1;
  uint64_t group_ = 0;
  int shared_ = 0;
  std::vector<Segment> segments_;  // the request's, and after a pause the answer so far
  std::vector<llama_token> answer_;
  std::vector<Unit> units_;
  size_t prompt_units_ = 0;
  size_t segment_index_ = 0;
  int segment_offset_ = 0;
  llama_pos position_ = 0;
  llama_token last_token_ = 0;
  int overtaken_ = 0;
  bool started_ = false;
  Sampler sampler_;
  Utf8Assembler utf8_;
  StopStrings stops_;
  Result result_;
  Clock::time_point admitted_;
  Clock::time_point first_token_;
};

}  // namespace medgemma
