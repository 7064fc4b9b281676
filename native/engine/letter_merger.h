#pragma once

#include <llama.h>

#include <cstddef>
#include <queue>
#include <string_view>
#include <vector>

#include "token_bounds.h"
#include "token_index.h"

namespace medgemma {

// Joins letters to tokens, the pair with the best score first and of equals the left one, until no pair is a
// token.
class LetterMerger {
 public:
  explicit LetterMerger(const TokenIndex& index) : index_(index) {}

  // Appends the tokens of `text`, whose spaces are written as the vocabulary's.
  void append(std::string_view text, StopCheck& check, std::vector<llama_token>& tokens);

 private:
  struct Symbol {
    size_t start;
    size_t length;  // 0: joined to another
    int previous;
    int next;
    llama_token token;
  };
  struct Pair {
    int left;
    int right;
    float score;
    size_t length;
    llama_token token;
    bool operator<(const Pair& other) const {
      return score < other.score || (score == other.score && left > other.left);
    }
  };

  void consider(int left, int right);

  const TokenIndex& index_;
  std::string_view text_;
  std::vector<Symbol> symbols_;
  std::priority_queue<Pair> pairs_;
};

// Bytes of the letter that begins with this one; of what begins none, 1.
size_t letter_length(char first);

}  // namespace medgemma
