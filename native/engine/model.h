#pragma once

#include <llama.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tokenizer.h"

namespace medgemma {

// Returning false stops the load. Called from the loading thread with 0..1.
using LoadProgress = std::function<bool(float)>;

// Weights and vocabulary. Immutable after loading, so that every method may be called from any thread.
class Model {
 public:
  // `devices`: names of the GPUs that the layers go to. Throws EngineError: model_load_failed,
  // gpu_unavailable, aborted.
  static std::shared_ptr<Model> load(const std::string& path, int gpu_layers, const LoadProgress& progress,
                                     const std::vector<std::string>& devices = {});

  llama_model* get() const { return model_.get(); }
  int vocabulary_size() const { return llama_vocab_n_tokens(vocab_); }
  int embedding_width() const { return llama_model_n_embd_inp(model_.get()); }
  int trained_context() const { return llama_model_n_ctx_train(model_.get()); }
  int sliding_window() const { return llama_model_n_swa(model_.get()); }

  // `special` turns control words into their token; without it they are letters, however the file marks them.
  // No BOS is added: the template writes it. Throws as Tokenizer.
  std::vector<llama_token> tokenize(const std::string& text, bool special,
                                    const TokenBounds& bounds = {}) const;
  // Bytes of a token; may end inside a UTF-8 character. Control words are written out.
  std::string piece(llama_token token) const;
  bool is_end(llama_token token) const { return llama_vocab_is_eog(vocab_, token); }
  // Tokens that are no text but signs for a program, as <unused95> and <start_of_turn>, those that end an
  // answer aside; in order. However the file marks them.
  const std::vector<llama_token>& control_tokens() const { return control_tokens_; }
  struct ByteToken {
    llama_token token;
    uint8_t byte;
  };
  // Tokens that are one byte of a longer UTF-8 character each; by token.
  const std::vector<ByteToken>& byte_tokens() const { return byte_tokens_; }

 private:
  explicit Model(llama_model* model);

  std::unique_ptr<llama_model, decltype(&llama_model_free)> model_;
  const llama_vocab* vocab_;
  Tokenizer tokenizer_;
  // Control words that are marked as words for plain text too.
  std::vector<std::string> unmarked_controls_;
  std::vector<ByteToken> byte_tokens_;
  std::vector<llama_token> control_tokens_;
};

}  // namespace medgemma
