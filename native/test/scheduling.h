// Requests with every option, and made-up prompts and pictures, for the scheduler's tests.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support.h"

namespace medgemma_test {

struct Settings {
  medgemma::GenerateOptions options;
  std::vector<std::string> continuations;  // none: generate
  bool deterministic = false;
  bool batch = false;
  std::function<void()> on_token;
  std::function<void()> on_end;
};

struct Ended : Outcome {
  std::vector<double> logprobs;  // of `tokens`
};

struct Started {
  std::shared_ptr<medgemma::Request> request;
  std::future<Ended> end;
  // The end, or the error "stuck" after ten minutes: a test that waits for ever says nothing.
  Ended wait();
};

// Like start(), with everything that a request can have.
Started hand_over(medgemma::Engine& engine, const std::vector<medgemma::PromptPiece>& pieces,
                  const Settings& settings);
// The answer that nothing else can change.
Ended alone(medgemma::Engine& engine, const std::vector<medgemma::PromptPiece>& pieces,
            medgemma::GenerateOptions options);

std::shared_ptr<medgemma::Engine> load_phantom_with(int context_size, int parallel, int queue_size = 1024);

// About `words` times two tokens, the same for the same seed.
std::string made_up_text(uint32_t seed, int words);
std::shared_ptr<const medgemma::ImageEmbedding> made_up_picture(uint32_t seed, const std::string& key);
std::vector<medgemma::PromptPiece> question_about(
    const std::vector<std::shared_ptr<const medgemma::ImageEmbedding>>& pictures, const std::string& text);

// How far the log-probabilities of an answer's tokens lie from those that the engine gives when it does
// nothing else: rounding shows in the second digit, a row too many or too few in the first. Equal texts would
// be too much to ask of noise(), whose tokens are near to each other.
double distance_from_alone(medgemma::Engine& engine, const std::vector<medgemma::PromptPiece>& pieces,
                           const Ended& answer);

// babble() of this seed, with the log-probability of every token.
medgemma::GenerateOptions noise(uint32_t seed, int max_tokens);

}  // namespace medgemma_test
