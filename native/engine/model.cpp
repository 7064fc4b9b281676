#include "model.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "backend.h"
#include "errors.h"
#include "log.h"

namespace medgemma {
namespace {

// Some converters mark these as words of the user's ("user defined"), which llama.cpp makes a token of
// wherever they are written: published Gemma 3 files do so with <start_of_image>.
const char* const kControls[] = {"<pad>",
                                 "<eos>",
                                 "<bos>",
                                 "<unk>",
                                 "<mask>",
                                 "[multimodal]",
                                 "<start_of_turn>",
                                 "<end_of_turn>",
                                 "<start_of_image>",
                                 "<end_of_image>",
                                 "<image_soft_token>",
                                 "<unused94>",
                                 "<unused95>"};

constexpr int kNoText = LLAMA_TOKEN_ATTR_UNKNOWN | LLAMA_TOKEN_ATTR_UNUSED | LLAMA_TOKEN_ATTR_CONTROL;

// Gemma keeps some hundred words for programs; MedGemma's thoughts stand between two of them.
bool is_reserved(const std::string& word) {
  return std::find(std::begin(kControls), std::end(kControls), word) != std::end(kControls) ||
         (word.rfind("<unused", 0) == 0 && word.back() == '>');
}

}  // namespace

Model::Model(llama_model* model)
    : model_(model, llama_model_free), vocab_(llama_model_get_vocab(model)), tokenizer_(vocab_) {
  for (const char* word : kControls) {
    std::vector<llama_token> tokens;
    tokenizer_.append(word, /* special */ false, {}, tokens);
    if (tokens.size() == 1) unmarked_controls_.push_back(word);
  }
  for (llama_token token = 0; token < vocabulary_size(); ++token) {
    const int kind = llama_vocab_get_attr(vocab_, token);
    if ((kind & kNoText) != 0 || is_reserved(llama_vocab_get_text(vocab_, token))) {
      if (!is_end(token)) control_tokens_.push_back(token);
      continue;
    }
    if ((kind & LLAMA_TOKEN_ATTR_BYTE) == 0) continue;
    const std::string bytes = piece(token);
    if (bytes.size() == 1 && static_cast<uint8_t>(bytes[0]) >= 0x80)
      byte_tokens_.push_back({token, static_cast<uint8_t>(bytes[0])});
  }
}

std::shared_ptr<Model> Model::load(const std::string& path, int gpu_layers, const LoadProgress& progress,
                                   const std::vector<std::string>& devices) {
  struct Watch {
    const LoadProgress& report;
    bool stopped = false;
  } watch{progress};

  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = gpu_layers;
  std::vector<ggml_backend_device*> used;
  // Without layers there a GPU would still be handed large products.
  if (gpu_layers != 0)
    for (const std::string& name : devices) used.push_back(find_device(name));
  used.push_back(nullptr);
  params.devices = used.data();
  // Weights that the CPU backend repacks are copied out of a memory map while the map stays resident: the
  // process would hold most of the file twice.
  params.load_mode = LLAMA_LOAD_MODE_NONE;
  // No Gemma 3 has a space before its texts, and a header that does not say so would get one.
  llama_model_kv_override overrides[2] = {};
  overrides[0].tag = LLAMA_KV_OVERRIDE_TYPE_BOOL;
  std::strcpy(overrides[0].key, "tokenizer.ggml.add_space_prefix");
  params.kv_overrides = overrides;
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

std::vector<llama_token> Model::tokenize(const std::string& text, bool special,
                                         const TokenBounds& bounds) const {
  const size_t fewest = tokenizer_.fewest(text.size());
  if (fewest > bounds.most) throw TooManyTokens{fewest};
  std::vector<llama_token> tokens;
  size_t start = 0;
  const auto append_to = [&](size_t end) {
    tokenizer_.append(std::string_view(text).substr(start, end - start), special, bounds, tokens);
    start = end;
  };
  // A cut behind a word's first letter leaves no such word, and the letters' tokens as they would have been.
  for (size_t at = 0; !special && !unmarked_controls_.empty() && at < text.size(); ++at) {
    if (text[at] != '<' && text[at] != '[') continue;
    for (const std::string& word : unmarked_controls_) {
      if (text.compare(at, word.size(), word) != 0) continue;
      append_to(at + 1);
      break;
    }
  }
  append_to(text.size());
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
