#pragma once

#include "napi_setup.h"

namespace medgemma {

// Mark wrapped objects, so that a wrong object is a TypeError and not a wild pointer.
constexpr napi_type_tag kEngineTag = {0x6d6564676d6d6101, 0x656e67696e650001};
constexpr napi_type_tag kEmbeddingTag = {0x6d6564676d6d6102, 0x656d626564640001};

}  // namespace medgemma
