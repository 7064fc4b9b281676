#pragma once

#include <llama.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "utf8.h"

namespace medgemma {

struct SamplingOptions {
  float temperature = 0;  // 0: greedy
  int top_k = 64;         // 0: off
  float top_p = 0.95f;
  float min_p = 0;
  float repeat_penalty = 1;  // over the last 256 generated tokens
  uint32_t seed = 0;
  std::string grammar;  // GBNF with the rule root; empty: free text
};

// Picks tokens for one request; remembers what it picked.
class Sampler {
 public:
  Sampler(const Model& model, const SamplingOptions& options);
  llama_token sample(const float* logits);

 private:
  using Chain = std::unique_ptr<llama_sampler, decltype(&llama_sampler_free)>;

  llama_token choose(const float* logits, bool grammar_first);
  bool grammar_takes(llama_token token);
  bool is_torn(llama_token token) const;

  const Model& model_;
  // llama.cpp's grammars count a character by its first byte, whatever follows: bytes that make none are
  // kept out here.
  Utf8Guard utf8_;
  bool plain_greedy_;
  Chain chain_;
  Chain grammar_;
  int vocabulary_size_;
};

struct TokenLogprob {
  llama_token token = 0;
  double logprob = 0;
};

// The natural logarithm of the softmax over the whole vocabulary.
class LogSoftmax {
 public:
  LogSoftmax(const float* logits, int size);
  double operator[](llama_token token) const { return logits_[token] - log_sum_; }

 private:
  const float* logits_;
  double log_sum_;
};

// Log-probabilities before temperature and truncation: the chosen token's first, then the `top` best,
// likeliest first.
std::vector<TokenLogprob> log_probabilities(const float* logits, int vocabulary_size, llama_token chosen,
                                            int top);

}  // namespace medgemma
