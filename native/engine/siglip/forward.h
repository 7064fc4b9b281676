// One picture on its way through the encoder.
#pragma once

#include <cstdint>

#include "weights.h"

namespace medgemma::siglip {

class Forward {
 public:
  Forward(const Shape& shape, const Weights& weights, const Kernels& kernels, ThreadPool& pool);

  void embed(const uint8_t* rgb);
  void layer(int index);
  void project(float* out);

 private:
  struct Output {
    Epilogue epilogue;
    void* to;
    size_t stride;
  };

  void multiply(const Kernels& kernels, const Matrix& matrix, const void* input, size_t input_stride,
                int row_begin, int rows, const Output& output);
  void normalize(const Kernels& kernels, const Norm& norm, void* out, size_t stride);
  void attend();

  const Shape& shape_;
  const Weights& weights_;
  const Kernels& kernels_;
  ThreadPool& pool_;
  int rows_;         // patches, padded to whole tiles
  int hidden_rows_;  // rows that pass the MLP together
  size_t stride_;    // width, padded to whole panels
  size_t hidden_stride_;
  size_t token_stride_;
  AlignedBuffer residual_;  // float32 [rows][stride]
  AlignedBuffer input_;     // elements [rows][stride]: normalized, then what attention gives
  AlignedBuffer q_, k_, v_t_;
  AlignedBuffer hidden_;  // elements [hidden rows][hidden stride]; before and after the layers also float32
  AlignedBuffer scratch_;
  size_t scratch_bytes_;
};

}  // namespace medgemma::siglip
