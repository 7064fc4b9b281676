#pragma once

#include <llama.h>

#include <array>
#include <string_view>
#include <vector>

namespace medgemma {

constexpr llama_token kNoToken = -1;
// How a vocabulary writes a space.
constexpr std::string_view kSpace = "\xE2\x96\x81";

// Finds tokens by their text, which llama.h has no function for. Two megabytes for Gemma's quarter of a
// million: it holds numbers only, the texts are llama.cpp's.
class TokenIndex {
 public:
  explicit TokenIndex(const llama_vocab* vocab);

  int size() const { return llama_vocab_n_tokens(vocab_); }
  std::string_view text(llama_token token) const { return llama_vocab_get_text(vocab_, token); }
  float score(llama_token token) const { return llama_vocab_get_score(vocab_, token); }
  llama_token find(std::string_view text) const;
  // For what has no other token. Throws EngineError when the vocabulary has none for it.
  llama_token byte(char byte) const;

 private:
  size_t slot(std::string_view text) const;

  const llama_vocab* vocab_;
  std::vector<llama_token> table_;  // by the hash of the text
  std::array<llama_token, 256> bytes_{};
};

}  // namespace medgemma
