#include "slot.h"

#include <algorithm>

#include "finite.h"

namespace medgemma {

Slot::Slot(std::shared_ptr<Request> request, const Model& model)
    : request_(std::move(request)),
      model_(model),
      segments_(request_->segments),
      units_(to_units(segments_, request_->adapters.number)),
      prompt_units_(units_.size()),
      sampler_(model, request_->options.sampling),
      stops_(request_->options.stop) {
  result_.prompt_tokens = static_cast<int>(units_.size());
  for (const Segment& segment : segments_) {
    if (segment.image) result_.image_tokens += segment.size();
  }
}

void Slot::start(llama_seq_id sequence, int shared, uint64_t group) {
  sequence_ = sequence;
  group_ = group;
  shared_ = shared;
  segment_index_ = 0;
  segment_offset_ = 0;
  position_ = 0;
  while (position_ < shared) {
    const int rows = std::min(segment()->size(), shared - position_);
    advance(rows);
  }
  if (started_) return;
  started_ = true;
  admitted_ = Clock::now();
  result_.queue_ms = milliseconds_since(request_->submitted);
  result_.cached_tokens = shared;
}

llama_seq_id Slot::pause() {
  if (!answer_.empty()) {
    segments_ = request_->segments;
    if (segments_.back().image) segments_.emplace_back();
    segments_.back().tokens.insert(segments_.back().tokens.end(), answer_.begin(), answer_.end());
    units_ = to_units(segments_, request_->adapters.number);
    prompt_units_ = units_.size();
  }
  const llama_seq_id sequence = sequence_;
  sequence_ = -1;
  position_ = 0;
  shared_ = 0;
  return sequence;
}

const Segment* Slot::segment() const {
  return segment_index_ < segments_.size() ? &segments_[segment_index_] : nullptr;
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
  if (result_.first_token_ms == 0) {
    first_token_ = Clock::now();
    result_.prefill_ms = milliseconds_since(admitted_);
    result_.first_token_ms = milliseconds_since(request_->submitted);
  }
  if (!all_finite(logits, static_cast<size_t>(model_.vocabulary_size()))) {
    throw no_numbers("decode_failed", "the model");
  }
  if (!request_->scores()) return generate(logits);
  const LogSoftmax log_softmax(logits, model_.vocabulary_size());
  bool complete = true;
  result_.scores.clear();
  for (const std::vector<llama_token>& tokens : request_->continuations) {
    result_.scores.push_back({{tokens[0], log_softmax[tokens[0]]}});
    complete = complete && tokens.size() == 1;
  }
  return complete;
}

bool Slot::generate(const float* logits) {
  last_token_ = sampler_.sample(logits);
  std::vector<TokenLogprob> logprobs;
  if (request_->options.logprobs > 0) {
    logprobs = log_probabilities(logits, model_.vocabulary_size(), last_token_, request_->options.logprobs);
  }
  if (model_.is_end(last_token_)) {
    emit("", std::move(logprobs));
    return true;
  }
  answer_.push_back(last_token_);
  units_.push_back(text_unit(last_token_));
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
  if (!request_->scores()) {
    emit(utf8_.finish(), {});
    const std::string rest = stops_.finish();
    if (!rest.empty()) request_->token({rest, {}});
  }
  result_.decode_ms = milliseconds_since(first_token_);
  request_->done(result_);
}

void Slot::fail(const EngineError& error) {
  request_->failed(error);
}

}  // namespace medgemma
