#pragma once

#include <llama.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "model.h"

namespace medgemma {

struct SamplingOptions {
  float temperature = 0;  // 0: greedy
  int top_k = 64;         // 0: off
  float top_p = 0.95f;
  float min_p = 0;
  float repeat_penalty = 1;  // over the last 256 generated tokens
  uint32_t seed = 0;
};

// Picks tokens for one request; remembers what it picked.
class Sampler {
 public:
  Sampler(const Model& model, const SamplingOptions& options);
  llama_token sample(const float* logits);

 private:
  bool plain_greedy_;
  std::unique_ptr<llama_sampler, decltype(&llama_sampler_free)> chain_;
  std::vector<llama_token_data> candidates_;
};

struct TokenLogprob {
  llama_token token = 0;
  double logprob = 0;
};

// Log-probabilities of the whole vocabulary's softmax, before temperature and truncation: the chosen token's
// first, then the `top` best, likeliest first.
std::vector<TokenLogprob> log_probabilities(const float* logits, int vocabulary_size, llama_token chosen,
                                            int top);

}  // namespace medgemma
