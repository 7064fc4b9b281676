#include "tokenizer.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "errors.h"

namespace medgemma {
namespace {

// Bytes of text as it was written, where a space is one.
size_t written_length(std::string_view text) {
  size_t length = text.size();
  for (size_t at = 0; (at = text.find(kSpace, at)) != std::string_view::npos; at += kSpace.size())
    length -= kSpace.size() - 1;
  return length;
}

std::string with_marked_spaces(std::string_view text) {
  std::string marked;
  marked.reserve(text.size() + text.size() / 2);
  for (const char letter : text) {
    if (letter == ' ') {
      marked += kSpace;
    } else {
      marked += letter;
    }
  }
  return marked;
}

void check_count(const std::vector<llama_token>& tokens, size_t more, const TokenBounds& bounds) {
  if (tokens.size() + more > bounds.most) throw TooManyTokens{tokens.size() + more};
}

}  // namespace

void StopCheck::ask() const {
  if (bounds_.stopped && bounds_.stopped()) throw aborted();
}

Tokenizer::Tokenizer(const llama_vocab* vocab) : index_(vocab), words_(vocab, index_) {
  for (llama_token token = 0; token < index_.size(); ++token) {
    const std::string_view text = index_.text(token);
    // What stands for one byte is written longer than that.
    if ((llama_vocab_get_attr(vocab, token) & LLAMA_TOKEN_ATTR_BYTE) != 0) continue;
    longest_ = std::max(longest_, written_length(text));
    for (size_t at = 1; (at = text.find(kSpace, at)) != std::string_view::npos; ++at)
      joins_space_[static_cast<uint8_t>(text[at - 1])] = true;
  }
}

void Tokenizer::append(std::string_view text, bool special, const TokenBounds& bounds,
                       std::vector<llama_token>& tokens) const {
  check_count(tokens, fewest(text.size()), bounds);
  StopCheck check(bounds);
  LetterMerger merger(index_);
  const auto append_letters = [&](std::string_view letters) {
    check_count(tokens, fewest(letters.size()), bounds);
    merge(merger, letters, bounds, check, tokens);
  };
  size_t known = 0;
  for (size_t from = 0; from < text.size();) {
    for (const MarkedWords::Found& word : words_.next(text, special, from, check)) {
      append_letters(text.substr(known, word.start - known));
      tokens.push_back(word.token);
      check_count(tokens, 0, bounds);
      known = word.start + word.length;
    }
  }
  append_letters(text.substr(known));
}

// Word by word where no token goes on from one to the next: the same tokens, known sooner.
void Tokenizer::merge(LetterMerger& merger, std::string_view text, const TokenBounds& bounds,
                      StopCheck& check, std::vector<llama_token>& tokens) const {
  const std::string written = with_marked_spaces(text);
  const std::string_view letters = written;
  size_t start = 0;
  const auto end_word = [&](size_t end) {
    merger.append(letters.substr(start, end - start), check, tokens);
    check_count(tokens, 0, bounds);
    start = end;
  };
  for (size_t at = 0; at < letters.size(); at += letter_length(letters[at])) {
    const bool space = letters.compare(at, kSpace.size(), kSpace) == 0;
    if (space && at > start && !joins_space_[static_cast<uint8_t>(letters[at - 1])]) end_word(at);
  }
  if (start < letters.size()) end_word(letters.size());
}

}  // namespace medgemma
