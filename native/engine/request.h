#pragma once

#include <llama.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "errors.h"
#include "image_embedding.h"
#include "sampler.h"

namespace medgemma {

using Clock = std::chrono::steady_clock;

inline double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A piece of a prompt as it comes in.
struct PromptPiece {
  std::string text;
  bool special = false;                         // control words in `text` become tokens
  std::shared_ptr<const ImageEmbedding> image;  // instead of text
};

// A piece of a prompt as it is decoded: text and picture rows never share a batch.
struct Segment {
  std::vector<llama_token> tokens;
  std::shared_ptr<const ImageEmbedding> image;
  int size() const { return image ? image->tokens : static_cast<int>(tokens.size()); }
};

// The adapters that a request is computed with. Rows of one decode share one mix, and what was computed under
// one is of no use under another.
struct AdapterMix {
  struct Part {
    int adapter;
    float scale;
  };
  std::vector<Part> parts;
  uint32_t number = 0;  // 0: none; equal mixes have equal numbers. See Adapters::resolve.
};

struct GenerateOptions {
  SamplingOptions sampling;
  int max_tokens = 512;
  bool clamp_max_tokens = false;  // use what is left of the context instead of failing
  std::vector<std::string> stop;
  int logprobs = 0;
};

struct TokenEvent {
  std::string text;  // valid UTF-8, possibly empty while a character or a stop string is undecided
  std::vector<TokenLogprob> logprobs;  // see log_probabilities; empty unless asked for
};

struct Result {
  bool hit_limit = false;  // ended by max_tokens instead of an end token or a stop string
  int prompt_tokens = 0;
  int image_tokens = 0;
  int cached_tokens = 0;
  int completion_tokens = 0;
  double queue_ms = 0;
  double prefill_ms = 0;
  double decode_ms = 0;
  double first_token_ms = 0;                      // from submission
  std::vector<std::vector<TokenLogprob>> scores;  // of each continuation's tokens
};

// One question to the model: an answer to generate, or continuations to score. The callbacks run on the
// scheduler's thread; exactly one of done and failed is called, last.
struct Request {
  std::vector<Segment> segments;
  std::vector<std::vector<llama_token>> continuations;  // none: generate
  GenerateOptions options;
  AdapterMix adapters;
  bool batch = false;          // admitted after interactive requests
  bool deterministic = false;  // runs alone on an empty context
  std::function<void(const TokenEvent&)> token;
  std::function<void(const Result&)> done;
  std::function<void(const EngineError&)> failed;
  std::atomic<bool> cancelled{false};  // takes effect between tokens and between prefill chunks
  Clock::time_point submitted;

  bool scores() const { return !continuations.empty(); }
  int prompt_tokens() const {
    int sum = 0;
    for (const Segment& segment : segments) sum += segment.size();
    return sum;
  }
};

}  // namespace medgemma
