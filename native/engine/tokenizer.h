#pragma once

#include <llama.h>

#include <array>
#include <string_view>
#include <vector>

#include "letter_merger.h"
#include "marked_words.h"
#include "token_bounds.h"
#include "token_index.h"

namespace medgemma {

// SentencePiece's tokens of a text, the very ones that llama_tokenize finds. That takes time in the square of
// the marked words in a text (80 KB of short lines: ten seconds) and cannot be stopped; this takes time in
// proportion to the text, and ends at its bounds.
//
// Two steps, as there: marked words are cut out, and what is between them is merged from letters.
class Tokenizer {
 public:
  explicit Tokenizer(const llama_vocab* vocab);

  // Appends the tokens of `text`; `special`: control words are cut out too. Throws TooManyTokens, and
  // EngineError(aborted) when stopped.
  void append(std::string_view text, bool special, const TokenBounds& bounds,
              std::vector<llama_token>& tokens) const;
  // The fewest tokens that a text of so many bytes can have.
  size_t fewest(size_t bytes) const { return (bytes + longest_ - 1) / longest_; }

 private:
  void merge(LetterMerger& merger, std::string_view text, const TokenBounds& bounds, StopCheck& check,
             std::vector<llama_token>& tokens) const;

  TokenIndex index_;
  MarkedWords words_;
  size_t longest_ = 1;                   // bytes of text that one token can stand for
  std::array<bool, 256> joins_space_{};  // bytes after which a token may go on with a space
};

}  // namespace medgemma
