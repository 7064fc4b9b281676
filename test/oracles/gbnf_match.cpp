// Whether texts follow a grammar, by llama.cpp's own grammar engine (llama-grammar.h), without a model. Reads from
// stdin records "G <bytes>\n<grammar>\n" and "T <bytes>\n<text>\n"; answers a line for each: for a grammar "ok" or
// "bad", for a text "1" when it follows the last grammar to an end, "0" when not.
#include <llama-grammar.h>

#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>

static bool follows(const llama_grammar& grammar, const std::string& text) {
  llama_grammar* copy = llama_grammar_clone_impl(grammar);
  bool complete = false;
  try {
    llama_grammar_accept_str(*copy, text);
    for (const auto& stack : llama_grammar_get_stacks(copy)) complete = complete || stack.empty();
  } catch (const std::exception&) {
    complete = false;
  }
  llama_grammar_free_impl(copy);
  return complete;
}

int main() {
  llama_grammar* grammar = nullptr;
  std::string kind;
  size_t length = 0;
  while (std::cin >> kind >> length) {
    std::cin.get();
    std::string text(length, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(length));
    if (kind == "G") {
      if (grammar != nullptr) llama_grammar_free_impl(grammar);
      grammar = llama_grammar_init_impl(nullptr, text.c_str(), "root", false, nullptr, 0, nullptr, 0);
      std::puts(grammar == nullptr ? "bad" : "ok");
    } else {
      std::puts(grammar != nullptr && follows(*grammar, text) ? "1" : "0");
    }
    std::fflush(stdout);
  }
}
