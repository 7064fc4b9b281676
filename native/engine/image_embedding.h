#pragma once

#include <cstdint>
#include <vector>

namespace medgemma {

// Projector output of one picture: what the language model reads instead of token embeddings.
struct ImageEmbedding {
  int tokens = 0;             // rows
  int width = 0;              // columns: the model's embedding length
  std::vector<float> values;  // tokens * width, row by row
  uint64_t serial = 0;        // the same for the same picture: picture_serial of its key
};

}  // namespace medgemma
