#pragma once

#include <cstdint>
#include <string>

namespace medgemma {

// Says which byte may come next in valid UTF-8.
class Utf8Guard {
 public:
  bool takes(uint8_t byte) const;
  // Bytes that were taken.
  void push(const std::string& bytes);

 private:
  uint8_t lead_ = 0;
  int have_ = 0;  // bytes of the character that has begun
};

// Tokens may end inside a character. Holds back an unfinished character until the rest has come; bytes that
// can never become one turn into U+FFFD, so that what comes out is always valid UTF-8.
class Utf8Assembler {
 public:
  // The valid text that is complete after these bytes.
  std::string push(const std::string& bytes);
  // What was held back, as U+FFFD if it never became a character.
  std::string finish();

 private:
  std::string pending_;
};

}  // namespace medgemma
