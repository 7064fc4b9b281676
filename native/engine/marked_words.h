#pragma once

#include <llama.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "token_bounds.h"
#include "token_index.h"

namespace medgemma {

// The words that are one token wherever they are written: control words, and those of the vocabulary's maker,
// as runs of line ends and some HTML. The longest word of all is cut out first, at its first place first.
class MarkedWords {
 public:
  struct Found {
    size_t start;
    size_t length;
    llama_token token;
  };

  MarkedWords(const llama_vocab* vocab, const TokenIndex& index);

  // The words of `text` at and behind `from`, up to the first place that no word lies across: in order, none
  // over another. `from` moves behind that place. Without `special` no control words.
  std::vector<Found> next(std::string_view text, bool special, size_t& from, StopCheck& check) const;

 private:
  struct Word {
    llama_token token;
    std::string_view text;
    bool control;
  };
  // A letter of a word in the tree of all words, whose root is before any letter.
  struct Node {
    uint8_t byte = 0;
    int word = -1;  // the one that ends here
    int child = -1;
    int sibling = -1;
  };
  struct Span {
    size_t start;
    size_t end;
  };

  int step(int node, char byte) const;
  int step_or_add(int node, char byte);
  // Tells `note` of each word that begins there.
  template <typename Note>
  void each_at(std::string_view text, size_t at, bool special, const Note& note) const;
  std::vector<Found> choose(std::string_view text, Span span, bool special, StopCheck& check) const;

  std::vector<Word> words_;  // longest first
  std::vector<Node> nodes_;
  // The root's, for nearly every letter begins no word.
  int roots_[256];
};

}  // namespace medgemma
