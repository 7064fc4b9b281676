#include "utf8.h"

namespace medgemma {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

// Length of the sequence that a lead byte begins; 0 for a byte that cannot begin one.
int sequence_length(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Whether `byte` may stand at position `index` after `lead` (Unicode 15, table 3-7: no surrogates, no
// overlong forms).
bool fits(uint8_t lead, int index, uint8_t byte) {
  if (index == 1) {
    if (lead == 0xE0) return byte >= 0xA0 && byte <= 0xBF;
    if (lead == 0xED) return byte >= 0x80 && byte <= 0x9F;
    if (lead == 0xF0) return byte >= 0x90 && byte <= 0xBF;
    if (lead == 0xF4) return byte >= 0x80 && byte <= 0x8F;
  }
  return byte >= 0x80 && byte <= 0xBF;
}

}  // namespace

bool Utf8Guard::takes(uint8_t byte) const {
  return have_ == 0 ? sequence_length(byte) != 0 : fits(lead_, have_, byte);
}

void Utf8Guard::push(const std::string& bytes) {
  for (const char each : bytes) {
    if (have_ == 0) lead_ = static_cast<uint8_t>(each);
    ++have_;
    if (have_ >= sequence_length(lead_)) have_ = 0;
  }
}

std::string Utf8Assembler::push(const std::string& bytes) {
  pending_ += bytes;
  std::string out;
  size_t at = 0;
  while (at < pending_.size()) {
    const uint8_t lead = static_cast<uint8_t>(pending_[at]);
    const int length = sequence_length(lead);
    int have = 1;
    while (have < length && at + have < pending_.size() &&
           fits(lead, have, static_cast<uint8_t>(pending_[at + have])))
      ++have;
    if (length != 0 && have == length) {
      out.append(pending_, at, length);
      at += length;
    } else if (length != 0 && at + have == pending_.size()) {
      break;  // may still be completed
    } else {
      out += kReplacement;
      at += have;
    }
  }
  pending_.erase(0, at);
  return out;
}

std::string Utf8Assembler::finish() {
  const bool unfinished = !pending_.empty();
  pending_.clear();
  return unfinished ? kReplacement : "";
}

}  // namespace medgemma
