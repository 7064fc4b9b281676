#include "model.h"

#include <climits>
#include <cstdint>

#include "errors.h"
#include "log.h"

namespace medgemma {

std::shared_ptr<Model> Model::load(const std::string& path, int gpu_layers, const LoadProgress& progress) {
  struct Watch {
    const LoadProgress& report;
    bool stopped = false;
  } watch{progress};

  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = gpu_layers;
  // Weights that the CPU backend repacks are copied out of a memory map while the map stays resident: the
  // process would hold most of the file twice.
  params.load_mode = LLAMA_LOAD_MODE_NONE;
  params.progress_callback = [](float value, void* data) {
    auto* state = static_cast<Watch*>(data);
    state->stopped = state->stopped || !state->report(value);
    return !state->stopped;
  };
  params.progress_callback_user_data = &watch;

  clear_last_problem();
  llama_model* model = llama_model_load_from_file(path.c_str(), params);
  if (model == nullptr) {
    if (watch.stopped) throw aborted();
    throw EngineError("model_load_failed", "llama.cpp could not load the model: " + last_problem());
  }
  return std::shared_ptr<Model>(new Model(model));
}

std::vector<llama_token> Model::tokenize(const std::string& text, bool special) const {
  if (text.empty()) return {};
  // A token is at least one byte of text.
  std::vector<llama_token> tokens(text.size() + 1);
  const int count = llama_tokenize(vocab_, text.data(), static_cast<int32_t>(text.size()), tokens.data(),
                                   static_cast<int32_t>(tokens.size()), /* add_special */ false, special);
  if (count == INT32_MIN) throw EngineError("bad_option", "The text is too long to be tokenised.");
  if (count >= 0) {
    tokens.resize(count);
    return tokens;
  }
  tokens.resize(-count);
  tokens.resize(llama_tokenize(vocab_, text.data(), static_cast<int32_t>(text.size()), tokens.data(),
                               static_cast<int32_t>(tokens.size()), false, special));
  return tokens;
}

std::string Model::piece(llama_token token) const {
  std::string text(32, '\0');
  int length = llama_token_to_piece(vocab_, token, text.data(), static_cast<int32_t>(text.size()), 0,
                                    /* special */ true);
  if (length < 0) {
    text.resize(-length);
    length = llama_token_to_piece(vocab_, token, text.data(), static_cast<int32_t>(text.size()), 0, true);
  }
  text.resize(length > 0 ? length : 0);
  return text;
}

}  // namespace medgemma
