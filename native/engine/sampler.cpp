#include "sampler.h"

#include <algorithm>
#include <cmath>

#include "errors.h"
#include "log.h"

namespace medgemma {
namespace {

constexpr int kPenaltyWindow = 256;

llama_sampler* make_grammar(const Model& model, const std::string& grammar) {
  if (grammar.empty()) return nullptr;
  clear_last_problem();
  llama_sampler* sampler =
      llama_sampler_init_grammar(llama_model_get_vocab(model.get()), grammar.c_str(), "root");
  if (sampler == nullptr) {
    throw EngineError("grammar_unsupported", "llama.cpp cannot parse the grammar: " + last_problem());
  }
  return sampler;
}

}  // namespace

Sampler::Sampler(const Model& model, const SamplingOptions& options)
    : model_(model),
      plain_greedy_(options.temperature <= 0 && options.repeat_penalty == 1.0f),
      chain_(llama_sampler_chain_init(llama_sampler_chain_default_params()), llama_sampler_free),
      grammar_(make_grammar(model, options.grammar), llama_sampler_free),
      vocabulary_size_(model.vocabulary_size()) {
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
  llama_token token = choose(logits, /* grammar_first */ false);
  if (grammar_ != nullptr) {
    // Testing every token of the vocabulary against the grammar is slow, and the free choice mostly fits.
    if (!grammar_takes(token)) token = choose(logits, /* grammar_first */ true);
    // Accepting a token that the grammar refuses would throw inside llama.cpp.
    if (!grammar_takes(token)) throw EngineError("decode_failed", "No token fits the grammar.");
    llama_sampler_accept(grammar_.get(), token);
    utf8_.push(model_.piece(token));
  }
  if (!plain_greedy_) llama_sampler_accept(chain_.get(), token);
  return token;
}

llama_token Sampler::choose(const float* logits, bool grammar_first) {
  if (plain_greedy_ && !grammar_first) {
    return static_cast<llama_token>(std::max_element(logits, logits + vocabulary_size_) - logits);
  }
  // Three megabytes with Gemma's vocabulary, so it is shared by all samplers of the thread.
  static thread_local std::vector<llama_token_data> candidates;
  candidates.resize(vocabulary_size_);
  for (int i = 0; i < vocabulary_size_; ++i) candidates[i] = {i, logits[i], 0};
  llama_token_data_array array = {candidates.data(), candidates.size(), -1, false};
  if (grammar_first) {
    llama_sampler_apply(grammar_.get(), &array);
    for (const auto& [token, byte] : model_.byte_tokens()) {
      if (!utf8_.takes(byte)) candidates[token].logit = -INFINITY;
    }
    for (const llama_token token : model_.control_tokens()) candidates[token].logit = -INFINITY;
  }
  llama_sampler_apply(chain_.get(), &array);
  if (array.selected < 0) throw EngineError("decode_failed", "No token was left to choose from.");
  return array.data[array.selected].id;
}

// Whether it is a byte that makes no character.
bool Sampler::is_torn(llama_token token) const {
  const auto& bytes = model_.byte_tokens();
  const auto found =
      std::lower_bound(bytes.begin(), bytes.end(), token,
                       [](const Model::ByteToken& each, llama_token sought) { return each.token < sought; });
  return found != bytes.end() && found->token == token && !utf8_.takes(found->byte);
}

// A grammar of characters is satisfied by the letters of <unused95> too, so that the control word itself
// would end a thought in the middle of a JSON string: only text, and the ends of an answer, follow a grammar.
bool Sampler::grammar_takes(llama_token token) {
  if (is_torn(token)) return false;
  const auto& controls = model_.control_tokens();
  if (std::binary_search(controls.begin(), controls.end(), token)) return false;
  llama_token_data single = {token, 1.0f, 0.0f};
  llama_token_data_array array = {&single, 1, -1, false};
  llama_sampler_apply(grammar_.get(), &array);
  return single.logit != -INFINITY;
}

LogSoftmax::LogSoftmax(const float* logits, int size) : logits_(logits) {
  const float best = *std::max_element(logits, logits + size);
  double sum = 0;
  for (int i = 0; i < size; ++i) sum += std::exp(static_cast<double>(logits[i]) - best);
  log_sum_ = best + std::log(sum);
}

std::vector<TokenLogprob> log_probabilities(const float* logits, int vocabulary_size, llama_token chosen,
                                            int top) {
  const LogSoftmax log_softmax(logits, vocabulary_size);
  std::vector<TokenLogprob> result = {{chosen, log_softmax[chosen]}};
  std::vector<llama_token> order(vocabulary_size);
  for (int i = 0; i < vocabulary_size; ++i) order[i] = i;
  const int count = std::min(top, vocabulary_size);
  std::partial_sort(order.begin(), order.begin() + count, order.end(),
                    [logits](llama_token a, llama_token b) {
                      return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
                    });
  for (int i = 0; i < count; ++i) result.push_back({order[i], log_softmax[order[i]]});
  return result;
}

}  // namespace medgemma
