// A loaded phantom, and requests whose end can be waited for.

#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine.h"

namespace medgemma_test {

struct Outcome {
  std::string error;  // code, empty when it was done
  std::string text;
  medgemma::Result result;
  std::vector<llama_token> tokens;  // when logprobs were asked for
};

// A request that has been handed over; wait() gives its end once.
struct Running {
  std::shared_ptr<medgemma::Request> request;
  std::future<Outcome> end;
  Outcome wait() { return end.get(); }
};

std::string phantom(const char* file);
medgemma::LoadParams phantom_params(bool with_projector);
std::shared_ptr<medgemma::Engine> load_phantom(bool with_projector = false);

std::vector<medgemma::PromptPiece> question(const std::string& text);
// `on_token` runs on the scheduler's thread.
Running start(medgemma::Engine& engine, const std::vector<medgemma::PromptPiece>& pieces,
              medgemma::GenerateOptions options = {}, std::function<void()> on_token = nullptr);
Outcome ask(medgemma::Engine& engine, const std::string& text, medgemma::GenerateOptions options = {});

// Sampling so hot that the phantom rarely finds an end.
medgemma::GenerateOptions babble();

// A path for a GGUF file that no other process writes to.
std::string temporary_gguf(const std::string& name);

// The code of the EngineError that `work` throws; "" when it throws none.
std::string code_of(const std::function<void()>& work);

extern const char* const kTriage;
extern const char* const kTriageAnswer;

}  // namespace medgemma_test
