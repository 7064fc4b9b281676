#include "scheduling.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "prefix.h"

namespace medgemma_test {

using medgemma::Engine;
using medgemma::EngineError;
using medgemma::GenerateOptions;
using medgemma::ImageEmbedding;
using medgemma::PromptPiece;
using medgemma::Request;

Started hand_over(Engine& engine, const std::vector<PromptPiece>& pieces, const Settings& settings) {
  struct State {
    Ended outcome;
    std::promise<Ended> end;
  };
  auto state = std::make_shared<State>();
  auto request = std::make_shared<Request>();
  request->segments = engine.tokenize_prompt(pieces);
  request->options = settings.options;
  request->deterministic = settings.deterministic;
  request->batch = settings.batch;
  for (const std::string& text : settings.continuations)
    request->continuations.push_back(engine.model().tokenize(text, false));
  request->token = [state, told = settings.on_token](const medgemma::TokenEvent& event) {
    state->outcome.text += event.text;
    if (!event.logprobs.empty()) {
      state->outcome.tokens.push_back(event.logprobs[0].token);
      state->outcome.logprobs.push_back(event.logprobs[0].logprob);
    }
    if (told) told();
  };
  request->done = [state, told = settings.on_end](const medgemma::Result& result) {
    state->outcome.result = result;
    if (told) told();
    state->end.set_value(state->outcome);
  };
  request->failed = [state, told = settings.on_end](const EngineError& error) {
    state->outcome.error = error.code;
    if (told) told();
    state->end.set_value(state->outcome);
  };
  Started started{request, state->end.get_future()};
  engine.submit(request);
  return started;
}

Ended alone(Engine& engine, const std::vector<PromptPiece>& pieces, GenerateOptions options) {
  Settings settings;
  settings.options = std::move(options);
  settings.deterministic = true;
  return hand_over(engine, pieces, settings).wait();
}

double distance_from_alone(Engine& engine, const std::vector<PromptPiece>& pieces, const Ended& answer) {
  if (!answer.error.empty() || answer.tokens.empty()) return INFINITY;
  auto request = std::make_shared<Request>();
  request->segments = engine.tokenize_prompt(pieces);
  request->continuations = {answer.tokens};
  request->deterministic = true;
  std::promise<double> distance;
  request->done = [&](const medgemma::Result& result) {
    double most = 0;
    for (size_t i = 0; i < answer.tokens.size(); ++i)
      most = std::max(most, std::abs(result.scores[0][i].logprob - answer.logprobs[i]));
    distance.set_value(most);
  };
  request->failed = [&](const EngineError&) { distance.set_value(INFINITY); };
  engine.submit(request);
  return distance.get_future().get();
}

Ended Started::wait() {
  if (end.wait_for(std::chrono::minutes(10)) == std::future_status::ready) return end.get();
  Ended stuck;
  stuck.error = "stuck";
  return stuck;
}

std::shared_ptr<Engine> load_phantom_with(int context_size, int parallel, int queue_size) {
  medgemma::LoadParams params = phantom_params(false);
  params.context_size = context_size;
  params.parallel = parallel;
  params.queue_size = queue_size;
  return Engine::load(params, [](float) { return true; });
}

std::string made_up_text(uint32_t seed, int words) {
  static const char* const kWords[] = {"effusion", "left", "lung", "heart", "nodule", "is", "there",
                                       "normal",   "the",  "a",    "upper", "zone",   "no", "image"};
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < words; ++i) text += std::string(i == 0 ? "" : " ") + kWords[random() % 14];
  return text + "?";
}

std::shared_ptr<const ImageEmbedding> made_up_picture(uint32_t seed, const std::string& key) {
  auto picture = std::make_shared<ImageEmbedding>();
  picture->tokens = 16;
  picture->width = 256;
  picture->serial = medgemma::picture_serial(key);
  std::mt19937 random(seed);
  std::normal_distribution<float> value;
  picture->values.resize(16 * 256);
  for (float& each : picture->values) each = value(random);
  return picture;
}

std::vector<PromptPiece> question_about(const std::vector<std::shared_ptr<const ImageEmbedding>>& pictures,
                                        const std::string& text) {
  std::vector<PromptPiece> pieces = {{"<bos><start_of_turn>user\n", true, nullptr}};
  for (const auto& picture : pictures) {
    pieces.push_back({"\n\n<start_of_image>", true, nullptr});
    pieces.push_back({"", false, picture});
    pieces.push_back({"<end_of_image>\n\n", true, nullptr});
  }
  pieces.push_back({text, false, nullptr});
  pieces.push_back({"<end_of_turn>\n<start_of_turn>model\n", true, nullptr});
  return pieces;
}

GenerateOptions noise(uint32_t seed, int max_tokens) {
  GenerateOptions options = babble();
  options.sampling.seed = seed;
  options.max_tokens = max_tokens;
  options.logprobs = 1;
  return options;
}

}  // namespace medgemma_test
