#pragma once

#include <string>
#include <vector>

namespace medgemma {

// Looks for stop strings in text that arrives in pieces, and holds back what may be the beginning of one.
class StopStrings {
 public:
  explicit StopStrings(std::vector<std::string> stops) : stops_(std::move(stops)) {}

  // Text that can be shown. After a hit, found() is true and nothing more comes out.
  std::string push(const std::string& text);
  // What was held back, when the answer ended without a hit.
  std::string finish();
  bool found() const { return found_; }

 private:
  std::vector<std::string> stops_;
  std::string held_;
  bool found_ = false;
};

}  // namespace medgemma
