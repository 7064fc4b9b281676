#include "support.h"

#include <filesystem>
#include <random>

namespace medgemma_test {

using medgemma::Engine;
using medgemma::EngineError;
using medgemma::GenerateOptions;
using medgemma::PromptPiece;
using medgemma::Request;

// The first triage question of test/fixtures/phantom/goldens.json.
const char* const kTriage =
    "A 38 year old patient has cardiac arrest. Heart rate 87, oxygen saturation 93%. What is the ESI level? "
    "Answer as JSON.";
const char* const kTriageAnswer = R"({"esi": 1, "complaint": "cardiac arrest", "emergency": true})";

std::string phantom(const char* file) {
  return std::string(MEDGEMMA_PHANTOM_DIR) + "/" + file;
}

medgemma::LoadParams phantom_params(bool with_projector) {
  medgemma::LoadParams params;
  params.model_path = phantom("phantom-f16.gguf");
  if (with_projector) params.projector_path = phantom("mmproj-phantom-f16.gguf");
  params.threads = 1;
  params.context_size = 2048;
  return params;
}

std::shared_ptr<Engine> load_phantom(bool with_projector) {
  return Engine::load(phantom_params(with_projector), [](float) { return true; });
}

std::vector<PromptPiece> question(const std::string& text) {
  return {{"<bos><start_of_turn>user\n", true, nullptr},
          {text, false, nullptr},
          {"<end_of_turn>\n<start_of_turn>model\n", true, nullptr}};
}

Running start(Engine& engine, const std::vector<PromptPiece>& pieces, GenerateOptions options,
              std::function<void()> on_token) {
  struct State {
    Outcome outcome;
    std::promise<Outcome> end;
  };
  auto state = std::make_shared<State>();
  auto request = std::make_shared<Request>();
  request->segments = engine.tokenize_prompt(pieces);
  request->options = std::move(options);
  request->token = [state, on_token](const medgemma::TokenEvent& event) {
    state->outcome.text += event.text;
    if (!event.logprobs.empty()) state->outcome.tokens.push_back(event.logprobs[0].token);
    if (on_token) on_token();
  };
  request->done = [state](const medgemma::Result& result) {
    state->outcome.result = result;
    state->end.set_value(state->outcome);
  };
  request->failed = [state](const EngineError& error) {
    state->outcome.error = error.code;
    state->end.set_value(state->outcome);
  };
  Running running{request, state->end.get_future()};
  engine.submit(request);
  return running;
}

Outcome ask(Engine& engine, const std::string& text, GenerateOptions options) {
  return start(engine, question(text), std::move(options)).wait();
}

GenerateOptions babble() {
  GenerateOptions options;
  options.sampling.temperature = 10;
  options.sampling.top_k = 0;
  options.sampling.top_p = 1;
  options.sampling.seed = 1;
  options.max_tokens = 1500;
  return options;
}

std::string temporary_gguf(const std::string& name) {
  const std::string unique = std::to_string(std::random_device()());
  return (std::filesystem::temp_directory_path() / ("medgemma-" + name + "-" + unique + ".gguf")).string();
}

std::string code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const EngineError& error) {
    return error.code;
  }
  return "";
}

}  // namespace medgemma_test
