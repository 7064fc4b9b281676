#pragma once

#include <llama.h>

#include <cstdint>
#include <string>
#include <vector>

#include "request.h"

namespace medgemma {

// What stands at each position of a sequence: a token, or a row of one certain picture. Two sequences share a
// prefix exactly where their units are equal.
using Unit = uint64_t;

inline Unit text_unit(llama_token token) {
  return static_cast<Unit>(static_cast<uint32_t>(token));
}

// Pictures are told apart by the serial number of their embedding's key (see picture_serial), never by
// position or size.
Unit image_unit(uint64_t serial, int row);

// A number for a picture's key: never the same for two keys, and the same again for one key unless it was
// forgotten.
uint64_t picture_serial(const std::string& key);

// `mix` is the number of the adapters that compute it (see AdapterMix): sequences of two mixes have no prefix
// in common.
std::vector<Unit> to_units(const std::vector<Segment>& segments, uint32_t mix = 0);

// Length of the longest common prefix of at most `limit` units that does not end inside a picture, whose rows
// see each other and so are computed together or not at all.
int common_prefix(const std::vector<Unit>& a, const std::vector<Unit>& b, int limit);

}  // namespace medgemma
