#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace medgemma {

// What ends a tokenisation before the end of its text.
struct TokenBounds {
  size_t most = SIZE_MAX;         // tokens of all that is in the list
  std::function<bool()> stopped;  // asked every few thousand letters; none: never
};

// A text has more tokens than its bounds allow: at least so many.
struct TooManyTokens {
  size_t at_least;
};

// Asks the bounds now and then, for asking takes longer than a letter. Throws EngineError(aborted).
class StopCheck {
 public:
  explicit StopCheck(const TokenBounds& bounds) : bounds_(bounds) {}
  void tick() {
    if (++ticks_ % kEach == 0) ask();
  }

 private:
  static constexpr uint32_t kEach = 4096;
  void ask() const;

  const TokenBounds& bounds_;
  uint32_t ticks_ = 0;
};

}  // namespace medgemma
