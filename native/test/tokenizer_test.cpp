// Tokenizer: the tokens that llama_tokenize finds, in time that its bounds end.

#include "tokenizer.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "check.h"
#include "errors.h"
#include "model.h"
#include "registry.h"
#include "support.h"

static int failures = 0;

using medgemma::Model;
using medgemma::TokenBounds;
using medgemma::Tokenizer;
using medgemma::TooManyTokens;

namespace {

using Tokens = std::vector<llama_token>;

// The phantom, and Gemma 3 with its own vocabulary where a variable names a file of it.
std::vector<std::string> model_files() {
  std::vector<std::string> files = {medgemma_test::phantom("phantom-f16.gguf")};
  const char* real = std::getenv("MEDGEMMA_GEMMA3_270M");
  if (real != nullptr) files.emplace_back(real);
  return files;
}

const llama_vocab* vocabulary(const Model& model) {
  return llama_model_get_vocab(model.get());
}

std::shared_ptr<Model> load(const std::string& file) {
  return Model::load(file, 0, [](float) { return true; });
}

Tokens by_llama(const Model& model, const std::string& text, bool special) {
  Tokens tokens(4 * text.size() + 1);
  const int32_t count =
      llama_tokenize(vocabulary(model), text.data(), static_cast<int32_t>(text.size()), tokens.data(),
                     static_cast<int32_t>(tokens.size()), /* add_special */ false, special);
  tokens.resize(count < 0 ? 0 : count);
  return tokens;
}

Tokens tokenize(const Tokenizer& tokenizer, const std::string& text, bool special, TokenBounds bounds = {}) {
  Tokens tokens;
  tokenizer.append(text, special, bounds, tokens);
  return tokens;
}

// What texts are made of: each of these makes pieces in which something else may go wrong.
class Texts {
 public:
  Texts(const llama_vocab* vocab, uint32_t seed) : vocab_(vocab), random_(seed) {
    for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); ++token) {
      constexpr int kMarked =
          LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_USER_DEFINED | LLAMA_TOKEN_ATTR_UNKNOWN;
      if ((llama_vocab_get_attr(vocab, token) & kMarked) != 0) marked_.push_back(token);
    }
  }

  std::string next() {
    std::string text;
    for (size_t pieces = 1 + up_to(24); pieces > 0; --pieces) text += piece();
    return text;
  }

 private:
  size_t up_to(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  std::string pick(const std::vector<std::string>& list) { return list[up_to(list.size() - 1)]; }
  std::string repeat(const std::string& text, size_t times) {
    std::string whole;
    for (; times > 0; --times) whole += text;
    return whole;
  }

  std::string piece() {
    const auto size = static_cast<size_t>(llama_vocab_n_tokens(vocab_));
    switch (up_to(9)) {
      case 0:
        return repeat(pick({"\n", " ", "\t", "\r\n", "\n ", "a", "=", "-", ".", "\xE2\x96\x81",
                            "\xE4\xB8\xAD", "<", ">", "\xE2\x80\x94"}),
                      1 + up_to(80));
      case 1:
        return pick(
            {"The heart is not enlarged. ", "no effusion", " HbA1c 7.2 %", "\n- ", "> </", "12345", "x_1"});
      case 2:
        return pick({"\xE4\xB8\xAD\xE6\x96\x87\xE5\xAD\x97", "\xF0\x9F\xAB\x81\xEF\xB8\x8F", "\xC3\xA9",
                     "\xF0\x90\x8C\xB0", "\xE0\xB8\xAB\xE0\xB8\xB1\xE0\xB8\xA7", "\xD9\x82\xD9\x84\xD8\xA8"});
      case 3:  // a marked word, whole or not
        return cut(llama_vocab_get_text(vocab_, marked_[up_to(marked_.size() - 1)]));
      case 4:
      case 5:
        return cut(llama_vocab_get_text(vocab_, static_cast<llama_token>(up_to(size - 1))));
      case 6: {  // any bytes, most of them no letters
        std::string bytes;
        for (size_t count = up_to(6); count > 0; --count) bytes += static_cast<char>(up_to(255));
        return bytes;
      }
      case 7:
        return std::string(1 + up_to(3), '\0');
      default: {
        std::string word;
        for (size_t count = up_to(12); count > 0; --count) word += static_cast<char>('a' + up_to(25));
        return " " + word;
      }
    }
  }

  std::string cut(std::string word) { return up_to(3) == 0 ? word.substr(0, up_to(word.size())) : word; }

  const llama_vocab* vocab_;
  std::mt19937 random_;
  Tokens marked_;
};

std::string lines(size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += "a\n";
  return text;
}

}  // namespace

TEST(the_tokens_of_random_texts_are_those_of_llama_cpp) {
  for (const std::string& file : model_files()) {
    const auto model = load(file);
    const Tokenizer tokenizer(vocabulary(*model));
    Texts texts(vocabulary(*model), 20261128);
    for (int i = 0; i < 1500; ++i) {
      const std::string text = texts.next();
      for (const bool special : {true, false})
        CHECK(tokenize(tokenizer, text, special) == by_llama(*model, text, special));
    }
  }
}

TEST(long_runs_have_the_tokens_of_llama_cpp) {
  for (const std::string& file : model_files()) {
    const auto model = load(file);
    const Tokenizer tokenizer(vocabulary(*model));
    for (const char* unit :
         {"\n", " ", "  a", "a", "<table><tr>", "\xE4\xB8\xAD", "\xE2\x96\x81", "=", "a\n", "\t\t\n"}) {
      std::string text;
      while (text.size() < 4096) text += unit;
      CHECK(tokenize(tokenizer, text, true) == by_llama(*model, text, true));
    }
  }
}

TEST(no_text_has_fewer_tokens_than_its_bytes_say) {
  for (const std::string& file : model_files()) {
    const auto model = load(file);
    const Tokenizer tokenizer(vocabulary(*model));
    const auto holds = [&](const std::string& text) {
      return by_llama(*model, text, true).size() >= tokenizer.fewest(text.size());
    };
    // Of the densest texts: what one token stands for, again and again.
    size_t longest = 0;
    for (llama_token token = 0; token < model->vocabulary_size(); ++token) {
      const std::string text = model->piece(token);
      if (text.empty() || model->is_end(token)) continue;
      longest = std::max(longest, text.size());
      if (text.size() * 2 < longest) continue;
      std::string run;
      for (int i = 0; i < 20; ++i) run += text;
      CHECK(holds(run));
    }
    Texts texts(vocabulary(*model), 7);
    for (int i = 0; i < 300; ++i) CHECK(holds(texts.next()));
    // It is no bound that says nothing: a token of the longest takes as many bytes.
    CHECK(tokenizer.fewest(1000 * longest) >= 1000);
  }
}

TEST(a_text_too_long_ends_at_the_bound) {
  const auto model = load(medgemma_test::phantom("phantom-f16.gguf"));
  const Tokenizer tokenizer(vocabulary(*model));
  TokenBounds bounds;
  bounds.most = 1000;
  int asked = 0;
  bounds.stopped = [&asked] { return ++asked < 0; };
  for (const std::string& text : {std::string(5'000'000, '\n'), std::string(9'000, 'x'), lines(9'000)}) {
    asked = 0;
    size_t at_least = 0;
    try {
      tokenize(tokenizer, text, true, bounds);
    } catch (const TooManyTokens& error) {
      at_least = error.at_least;
    }
    CHECK(at_least > 1000);
    // What it read before is in proportion to the bound, not to the text.
    CHECK(asked < 20);
  }
  bounds.most = 9'000;
  CHECK(tokenize(tokenizer, lines(9'000), true, bounds).size() == 9'000);
}

TEST(a_tokenisation_stops_within_any_text) {
  const auto model = load(medgemma_test::phantom("phantom-f16.gguf"));
  const Tokenizer tokenizer(vocabulary(*model));
  for (const std::string& text : {std::string(100'000, '\n'), std::string(100'000, 'x'), lines(100'000)}) {
    int asked = 0;
    TokenBounds bounds;
    bounds.stopped = [&asked] { return ++asked == 3; };
    CHECK(medgemma_test::code_of([&] { tokenize(tokenizer, text, true, bounds); }) == "aborted");
    CHECK(asked == 3);
  }
}
