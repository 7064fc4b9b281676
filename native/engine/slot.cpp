#include "slot.h"

namespace medgemma {

Slot::Slot(std::shared_ptr<Request> request, llama_seq_id sequence, const Model& model)
    : request_(std::move(request)),
      sequence_(sequence),
      model_(model),
      sampler_(model, request_->options.sampling),
      stops_(request_->options.stop),
      admitted_(Clock::now()) {
  result_.queue_ms = milliseconds_since(request_->submitted);
  for (const Segment& segment : request_->segments) {
    result_.prompt_tokens += segment.size();
    if (segment.image) result_.image_tokens += segment.size();
  }
}

const Segment* Slot::segment() const {
  return segment_index_ < request_->segments.size() ? &request_->segments[segment_index_] : nullptr;
}

int Slot::prompt_rows_left() const {
  int rows = -segment_offset_;
  for (size_t i = segment_index_; i < request_->segments.size(); ++i) rows += request_->segments[i].size();
  return rows;
}

void Slot::advance(int rows) {
  position_ += rows;
  if (!in_prompt()) return;
  segment_offset_ += rows;
  if (segment_offset_ == segment()->size()) {
    ++segment_index_;
    segment_offset_ = 0;
  }
}

bool Slot::take(const float* logits) {
  if (result_.completion_tokens == 0) {
    first_token_ = Clock::now();
    result_.prefill_ms = milliseconds_since(admitted_);
    result_.first_token_ms = milliseconds_since(request_->submitted);
  }
  last_token_ = sampler_.sample(logits);
  std::vector<TokenLogprob> logprobs;
  if (request_->options.logprobs > 0) {
    logprobs = log_probabilities(logits, model_.vocabulary_size(), last_token_, request_->options.logprobs);
  }
  if (model_.is_end(last_token_)) {
    emit("", std::move(logprobs));
    return true;
  }
  ++result_.completion_tokens;
  emit(utf8_.push(model_.piece(last_token_)), std::move(logprobs));
  if (stops_.found()) return true;
  result_.hit_limit = result_.completion_tokens >= request_->options.max_tokens;
  return result_.hit_limit;
}

void Slot::emit(const std::string& text, std::vector<TokenLogprob> logprobs) {
  TokenEvent event{stops_.push(text), std::move(logprobs)};
  if (!event.text.empty() || !event.logprobs.empty()) request_->token(event);
}

void Slot::finish() {
  emit(utf8_.finish(), {});
  const std::string rest = stops_.finish();
  if (!rest.empty()) request_->token({rest, {}});
  if (result_.prefill_ms > 0) result_.decode_ms = milliseconds_since(first_token_);
  request_->done(result_);
}

void Slot::fail(const EngineError& error) {
  request_->failed(error);
}

}  // namespace medgemma
