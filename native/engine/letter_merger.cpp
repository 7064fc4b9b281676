#include "letter_merger.h"

#include <algorithm>
#include <cstdint>

namespace medgemma {

size_t letter_length(char first) {
  static const size_t kLengths[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
  return kLengths[static_cast<uint8_t>(first) >> 4];
}

void LetterMerger::append(std::string_view text, StopCheck& check, std::vector<llama_token>& tokens) {
  text_ = text;
  symbols_.clear();
  pairs_ = {};
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::min(letter_length(text[at]), text.size() - at);
    const int number = static_cast<int>(symbols_.size());
    const int next = at + length == text.size() ? -1 : number + 1;
    symbols_.push_back({at, length, number - 1, next, kNoToken});
    at += length;
  }
  for (int i = 1; i < static_cast<int>(symbols_.size()); ++i) {
    check.tick();
    consider(i - 1, i);
  }
  while (!pairs_.empty()) {
    check.tick();
    const Pair pair = pairs_.top();
    pairs_.pop();
    Symbol& left = symbols_[pair.left];
    Symbol& right = symbols_[pair.right];
    // One of the two has been joined to another meanwhile.
    if (left.length == 0 || right.length == 0 || left.length + right.length != pair.length) continue;
    left.length = pair.length;
    left.token = pair.token;
    left.next = right.next;
    right.length = 0;
    if (right.next >= 0) symbols_[right.next].previous = pair.left;
    consider(left.previous, pair.left);
    consider(pair.left, left.next);
  }
  for (int i = symbols_.empty() ? -1 : 0; i >= 0; i = symbols_[i].next) {
    const Symbol& symbol = symbols_[i];
    const std::string_view letters = text.substr(symbol.start, symbol.length);
    const llama_token token = symbol.token == kNoToken ? index_.find(letters) : symbol.token;
    if (token != kNoToken) {
      tokens.push_back(token);
    } else {
      for (const char byte : letters) tokens.push_back(index_.byte(byte));
    }
  }
}

void LetterMerger::consider(int left, int right) {
  if (left < 0 || right < 0) return;
  const size_t length = symbols_[left].length + symbols_[right].length;
  const llama_token token = index_.find(text_.substr(symbols_[left].start, length));
  if (token != kNoToken) pairs_.push({left, right, index_.score(token), length, token});
}

}  // namespace medgemma
