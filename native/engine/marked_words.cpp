#include "marked_words.h"

#include <algorithm>

namespace medgemma {
namespace {

constexpr int kControl = LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN;
constexpr int kMarked = kControl | LLAMA_TOKEN_ATTR_USER_DEFINED;

}  // namespace

MarkedWords::MarkedWords(const llama_vocab* vocab, const TokenIndex& index) {
  std::fill(std::begin(roots_), std::end(roots_), -1);
  for (llama_token token = 0; token < index.size(); ++token) {
    const int kind = llama_vocab_get_attr(vocab, token);
    if ((kind & kMarked) != 0) words_.push_back({token, index.text(token), (kind & kControl) != 0});
  }
  std::stable_sort(words_.begin(), words_.end(),
                   [](const Word& a, const Word& b) { return a.text.size() > b.text.size(); });
  nodes_.emplace_back();
  for (size_t i = 0; i < words_.size(); ++i) {
    int node = 0;
    for (const char byte : words_[i].text) node = step_or_add(node, byte);
    if (node != 0) nodes_[node].word = static_cast<int>(i);
  }
}

int MarkedWords::step(int node, char byte) const {
  const uint8_t wanted = static_cast<uint8_t>(byte);
  if (node == 0) return roots_[wanted];
  int child = nodes_[node].child;
  while (child >= 0 && nodes_[child].byte != wanted) child = nodes_[child].sibling;
  return child;
}

int MarkedWords::step_or_add(int node, char byte) {
  const int known = step(node, byte);
  if (known >= 0) return known;
  const int added = static_cast<int>(nodes_.size());
  Node fresh;
  fresh.byte = static_cast<uint8_t>(byte);
  fresh.sibling = nodes_[node].child;
  nodes_.push_back(fresh);
  nodes_[node].child = added;
  if (node == 0) roots_[fresh.byte] = added;
  return added;
}

template <typename Note>
void MarkedWords::each_at(std::string_view text, size_t at, bool special, const Note& note) const {
  int node = step(0, text[at]);
  while (node >= 0) {
    const int word = nodes_[node].word;
    if (word >= 0 && (special || !words_[word].control)) note(word);
    if (++at == text.size()) return;
    node = step(node, text[at]);
  }
}

std::vector<MarkedWords::Found> MarkedWords::next(std::string_view text, bool special, size_t& from,
                                                  StopCheck& check) const {
  for (; from < text.size(); ++from) {
    check.tick();
    int first = -1;
    size_t end = from;
    const auto note = [&](int word) {
      if (first < 0) first = word;
      end = std::max(end, from + words_[word].text.size());
    };
    each_at(text, from, special, note);
    if (first < 0) continue;
    // One that begins within it may go on behind it, and one within that.
    const size_t start = from;
    size_t others = 0;
    while (++from < end) {
      check.tick();
      each_at(text, from, special, [&](int word) {
        ++others;
        note(word);
      });
    }
    if (others == 0 && words_[first].text.size() == end - start)
      return {{start, end - start, words_[first].token}};
    return choose(text, {start, end}, special, check);
  }
  return {};
}

// Of words that lie over each other.
std::vector<MarkedWords::Found> MarkedWords::choose(std::string_view text, Span span, bool special,
                                                    StopCheck& check) const {
  std::vector<bool> seen(words_.size());
  std::vector<int> candidates;
  for (size_t at = span.start; at < span.end; ++at) {
    check.tick();
    each_at(text.substr(0, span.end), at, special, [&](int word) {
      if (seen[word]) return;
      seen[word] = true;
      candidates.push_back(word);
    });
  }
  std::sort(candidates.begin(), candidates.end());

  std::vector<Found> found;
  std::vector<Span> open = {span};
  for (const int number : candidates) {
    const Word& word = words_[number];
    std::vector<Span> left;
    for (Span part : open) {
      const std::string_view within = text.substr(0, part.end);
      for (size_t at; (at = within.find(word.text, part.start)) != std::string_view::npos;) {
        check.tick();
        found.push_back({at, word.text.size(), word.token});
        if (at > part.start) left.push_back({part.start, at});
        part.start = at + word.text.size();
      }
      if (part.start < part.end) left.push_back(part);
    }
    open = std::move(left);
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.start < b.start; });
  return found;
}

}  // namespace medgemma
