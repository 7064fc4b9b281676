#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace medgemma {

// An error with a code of src/base/errors.ts. Facts are numbers a program can act on; never user text.
struct EngineError : std::runtime_error {
  using Facts = std::vector<std::pair<std::string, double>>;

  EngineError(std::string error_code, const std::string& message, Facts error_facts = {})
      : std::runtime_error(message), code(std::move(error_code)), facts(std::move(error_facts)) {}

  std::string code;
  Facts facts;
};

inline EngineError aborted() {
  return EngineError("aborted", "The caller's signal stopped the call.");
}
inline EngineError context_full(int asked, int available) {
  return EngineError("context_full",
                     "The prompt and the answer need " + std::to_string(asked) +
                         " tokens; the context holds " + std::to_string(available) + ".",
                     {{"required", asked}, {"available", available}});
}
// A text so long that nobody counted it to its end.
inline EngineError context_exceeded(size_t at_least, int available) {
  return EngineError("context_full",
                     "The prompt needs at least " + std::to_string(at_least) + " tokens; the context holds " +
                         std::to_string(available) + ".",
                     {{"required", static_cast<double>(at_least)}, {"available", available}});
}
// A damaged weight makes everything after it no number, from which sampling would still pick some token.
inline EngineError no_numbers(std::string code, const std::string& whose) {
  return EngineError(std::move(code), "What " + whose + " computed is no number (NaN or infinite): " +
                                          "a file of the model is damaged. Verify it, or get it again.");
}
inline EngineError disposed() {
  return EngineError("disposed", "The model has been disposed.");
}

}  // namespace medgemma
