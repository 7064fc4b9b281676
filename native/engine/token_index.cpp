#include "token_index.h"

#include <cstdint>
#include <cstdio>
#include <functional>

#include "errors.h"

namespace medgemma {

TokenIndex::TokenIndex(const llama_vocab* vocab) : vocab_(vocab) {
  size_t places = 1;
  while (places < 2 * static_cast<size_t>(size())) places *= 2;
  table_.assign(places, kNoToken);
  for (llama_token token = 0; token < size(); ++token) table_[slot(text(token))] = token;
  for (int byte = 0; byte < 256; ++byte) {
    char name[7];
    std::snprintf(name, sizeof name, "<0x%02X>", byte);
    const char alone = static_cast<char>(byte);
    bytes_[byte] = find(name);
    if (bytes_[byte] == kNoToken) bytes_[byte] = find({&alone, 1});
  }
}

// Where the text's token is, or would be.
size_t TokenIndex::slot(std::string_view wanted) const {
  const size_t mask = table_.size() - 1;
  size_t place = std::hash<std::string_view>{}(wanted)&mask;
  while (table_[place] != kNoToken && text(table_[place]) != wanted) place = (place + 1) & mask;
  return place;
}

llama_token TokenIndex::find(std::string_view wanted) const {
  return table_[slot(wanted)];
}

llama_token TokenIndex::byte(char byte) const {
  const llama_token token = bytes_[static_cast<uint8_t>(byte)];
  if (token == kNoToken)
    throw EngineError("model_unsupported", "The model's vocabulary has no token for some bytes.");
  return token;
}

}  // namespace medgemma
