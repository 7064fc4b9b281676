// Utf8Assembler and StopStrings: whatever the pieces in which text arrives, the same comes out.

#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "registry.h"
#include "stop_strings.h"
#include "utf8.h"

static int failures = 0;

using medgemma::StopStrings;
using medgemma::Utf8Assembler;

namespace {

// Calls `use` with every way to cut `text` into pieces; bit i of the mask cuts behind byte i.
template <typename Use>
void for_each_partition(const std::string& text, const Use& use) {
  for (unsigned mask = 0; mask < 1u << (text.size() - 1); ++mask) {
    std::vector<std::string> pieces(1);
    for (size_t i = 0; i < text.size(); ++i) {
      pieces.back() += text[i];
      if (i + 1 < text.size() && (mask >> i & 1) != 0) pieces.emplace_back();
    }
    use(pieces);
  }
}

bool is_character_boundary(const std::string& text) {
  Utf8Assembler again;
  return again.push(text) == text && again.finish().empty();
}

template <typename Filter>
std::string run(Filter& filter, const std::vector<std::string>& pieces) {
  std::string out;
  for (const std::string& piece : pieces) out += filter.push(piece);
  return out + filter.finish();
}

const std::string kBad = "\xEF\xBF\xBD";

}  // namespace

TEST(utf8_comes_out_whole_from_any_pieces) {
  const std::string text = "a\xC3\xA9z\xE4\xB8\xAD\xF0\x9F\xAB\x81!\xC2\xB5";
  for_each_partition(text, [&](const std::vector<std::string>& pieces) {
    Utf8Assembler utf8;
    std::string out;
    for (const std::string& piece : pieces) {
      const std::string ready = utf8.push(piece);
      CHECK(is_character_boundary(ready));
      out += ready;
    }
    CHECK(utf8.finish().empty());
    CHECK(out == text);
  });
}

TEST(utf8_that_is_none_becomes_replacement_characters_in_any_pieces) {
  // As Unicode 15 recommends (section 3.9): one for each maximal part of a sequence that is not complete.
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x80", kBad},
      {"\xFF\xFE", kBad + kBad},
      {"\xC0\xAF", kBad + kBad},
      {"\xE2\x82", kBad},
      {"\xE2\x82z", kBad + "z"},
      {"\xF0\x9F\xAB", kBad},
      {"\xF0\x9F\xABq", kBad + "q"},
      {"\xED\xA0\x80", kBad + kBad + kBad},
      {"\xE0\x80\x80", kBad + kBad + kBad},
      {"\xF4\x90\x80\x80", kBad + kBad + kBad + kBad},
      {"\xF8\x88\x80", kBad + kBad + kBad},
      {"\xC3\xC3\xA9", kBad + "\xC3\xA9"},
      {"\xE4\xB8\xE4\xB8\xAD", kBad + "\xE4\xB8\xAD"},
      {std::string("a\0b", 3), std::string("a\0b", 3)},
  };
  for (const auto& [input, expected] : cases) {
    for_each_partition(input, [&, &wanted = expected](const std::vector<std::string>& pieces) {
      Utf8Assembler utf8;
      CHECK(run(utf8, pieces) == wanted);
    });
  }
}

TEST(utf8_assembler_can_be_used_again_after_finish) {
  Utf8Assembler utf8;
  CHECK(utf8.push("\xE2\x82").empty());
  CHECK(utf8.finish() == kBad);
  CHECK(utf8.push("x") == "x");
  CHECK(utf8.finish().empty());
}

TEST(stop_strings_cut_at_the_first_one_in_any_pieces) {
  struct Case {
    std::string text;
    std::vector<std::string> stops;
    std::string expected;
    bool found;
  };
  const std::vector<Case> cases = {
      {"abcSTOPdef", {"STOP"}, "abc", true},
      {"abcSTOPdef", {"TOP", "STOP"}, "abc", true},
      {"STOPabc", {"STOP"}, "", true},
      {"abcSTO", {"STOP"}, "abcSTO", false},
      {"aaaaab", {"aab"}, "aaa", true},
      {"ababac", {"abac"}, "ab", true},
      {"SSTOPP", {"STOP"}, "S", true},
      {"one\n\ntwo", {"\n\n"}, "one", true},
      {"x\xE4\xB8\xAD\xE4\xB8\xADy", {"\xE4\xB8\xAD"}, "x", true},
      {"abc", {"x", "y"}, "abc", false},
      {"abc", {}, "abc", false},
  };
  for (const Case& item : cases) {
    for_each_partition(item.text, [&](const std::vector<std::string>& pieces) {
      StopStrings stops(item.stops);
      CHECK(run(stops, pieces) == item.expected);
      CHECK(stops.found() == item.found);
    });
  }
}

TEST(stop_strings_hold_back_only_what_may_begin_one) {
  StopStrings stops({"END"});
  CHECK(stops.push("abcE") == "abc");
  CHECK(stops.push("N") == "");
  CHECK(stops.push("x") == "ENx");
  CHECK(stops.push("EN") == "");
  CHECK(stops.push("D and more") == "");
  CHECK(stops.found());
  CHECK(stops.push("more") == "");
  CHECK(stops.finish() == "");
}
