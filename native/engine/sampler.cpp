#include "sampler.h"

#include <algorithm>
#include <cmath>

#include "errors.h"

namespace medgemma {
namespace {

constexpr int kPenaltyWindow = 256;

}  // namespace

Sampler::Sampler(const Model& model, const SamplingOptions& options)
    : plain_greedy_(options.temperature <= 0 && options.repeat_penalty == 1.0f),
      chain_(llama_sampler_chain_init(llama_sampler_chain_default_params()), llama_sampler_free),
      candidates_(model.vocabulary_size()) {
  const auto add = [this](llama_sampler* sampler) { llama_sampler_chain_add(chain_.get(), sampler); };
  if (options.repeat_penalty != 1.0f) {
    add(llama_sampler_init_penalties(model.vocabulary_size(), kPenaltyWindow, options.repeat_penalty, 0, 0));
  }
  if (options.temperature <= 0) {
    add(llama_sampler_init_greedy());
    return;
  }
  if (options.top_k > 0) add(llama_sampler_init_top_k(options.top_k));
  if (options.top_p < 1) add(llama_sampler_init_top_p(options.top_p, 1));
  if (options.min_p > 0) add(llama_sampler_init_min_p(options.min_p, 1));
  add(llama_sampler_init_temp(options.temperature));
  add(llama_sampler_init_dist(options.seed));
}

llama_token Sampler::sample(const float* logits) {
  if (plain_greedy_) {
    return static_cast<llama_token>(std::max_element(logits, logits + candidates_.size()) - logits);
  }
  for (size_t i = 0; i < candidates_.size(); ++i) {
    candidates_[i] = {static_cast<llama_token>(i), logits[i], 0};
  }
  llama_token_data_array array = {candidates_.data(), candidates_.size(), -1, false};
  llama_sampler_apply(chain_.get(), &array);
  if (array.selected < 0) throw EngineError("decode_failed", "No token was left to choose from.");
  const llama_token token = array.data[array.selected].id;
  llama_sampler_accept(chain_.get(), token);
  return token;
}

std::vector<TokenLogprob> log_probabilities(const float* logits, int vocabulary_size, llama_token chosen,
                                            int top) {
  const float best = *std::max_element(logits, logits + vocabulary_size);
  double sum = 0;
  for (int i = 0; i < vocabulary_size; ++i) sum += std::exp(static_cast<double>(logits[i]) - best);
  const double log_sum = best + std::log(sum);

  std::vector<TokenLogprob> result = {{chosen, logits[chosen] - log_sum}};
  std::vector<llama_token> order(vocabulary_size);
  for (int i = 0; i < vocabulary_size; ++i) order[i] = i;
  const int count = std::min(top, vocabulary_size);
  std::partial_sort(order.begin(), order.begin() + count, order.end(),
                    [logits](llama_token a, llama_token b) {
                      return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
                    });
  for (int i = 0; i < count; ++i) result.push_back({order[i], logits[order[i]] - log_sum});
  return result;
}

}  // namespace medgemma
