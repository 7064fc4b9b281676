// The projector file's numbers, laid out for one set of kernels.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "aligned_buffer.h"
#include "gguf_file.h"
#include "kernels.h"
#include "thread_pool.h"

namespace medgemma::siglip {

// The file is sound, but holds something else than a SigLIP tower with Gemma 3's projection.
struct UnsupportedError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Shape {
  int image_size = 0;
  int patch_size = 0;
  int width = 0;
  int hidden = 0;
  int layers = 0;
  int heads = 0;
  int merge = 0;  // patches a side that are averaged into one token
  int output_width = 0;
  float eps = 0;
  float mean[3] = {};
  float std_dev[3] = {};

  int head_size() const { return width / heads; }
  int side() const { return image_size / patch_size; }
  int patches() const { return side() * side(); }
  int patch_numbers() const { return 3 * patch_size * patch_size; }
  int tokens() const { return (side() / merge) * (side() / merge); }
};

Shape read_shape(const GgufFile& file);

struct Norm {
  std::vector<float> weight;
  std::vector<float> bias;
};

struct Layer {
  Norm before_attention, before_mlp;
  Matrix q, k, v, out, up, down;
};

class Weights {
 public:
  // `progress` gets what part is read, from the calling thread; it returns false to stop, and then this is
  // empty.
  Weights(const GgufFile& file, const Shape& shape, const Kernels& kernels, ThreadPool& pool,
          const std::function<bool(float)>& progress);

  bool complete() const { return complete_; }

  Matrix patch_embedding;
  std::vector<float> positions;  // [patches][width]
  std::vector<Layer> layers;
  Norm after_layers;
  std::vector<float> token_norm;
  Matrix projection;

 private:
  bool complete_ = false;
  std::vector<AlignedBuffer> memory_;
};

}  // namespace medgemma::siglip
