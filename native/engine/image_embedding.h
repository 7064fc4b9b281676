#pragma once

#include <vector>

namespace medgemma {

// Projector output of one picture: what the language model reads instead of token embeddings.
struct ImageEmbedding {
  int tokens = 0;             // rows
  int width = 0;              // columns: the model's embedding length
  std::vector<float> values;  // tokens * width, row by row
};

}  // namespace medgemma
