#include "forward.h"

#include <algorithm>
#include <cmath>

namespace medgemma::siglip {
namespace {

constexpr int kPanelsPerTask = 6;
constexpr int kHiddenRows = 1024;

int round_up(int value, int step) {
  return (value + step - 1) / step * step;
}

}  // namespace

Forward::Forward(const Shape& shape, const Weights& weights, const Kernels& kernels, ThreadPool& pool)
    : shape_(shape), weights_(weights), kernels_(kernels), pool_(pool) {
  const Kernels& exact = *kernels.exact;
  // Tiles have 4 or 8 rows and 8, 24 or 48 lanes; both tables of kernels work on the residual.
  const int tile = std::max(kernels.tile_rows, exact.tile_rows);
  const int lanes = std::max(kernels.lanes, exact.lanes);
  rows_ = round_up(shape.patches(), tile);
  hidden_rows_ = std::min(rows_, kHiddenRows);
  stride_ = static_cast<size_t>(round_up(shape.width, lanes));
  hidden_stride_ = static_cast<size_t>(round_up(shape.hidden, lanes));

  // Columns of transposed values that lie a power of two apart would share the same few lines of the cache.
  token_stride_ = static_cast<size_t>(rows_) + 32;

  const size_t element = static_cast<size_t>(kernels.element_size);
  const size_t rows = static_cast<size_t>(rows_);
  // A tile may read rows behind the last head's.
  const size_t slack = 64 * stride_;
  residual_ = AlignedBuffer(rows * stride_ * sizeof(float));
  input_ = AlignedBuffer(rows * stride_ * element);
  q_ = AlignedBuffer(rows * stride_ * element);
  k_ = AlignedBuffer((rows * stride_ + slack) * element);
  v_t_ = AlignedBuffer((stride_ + 64) * token_stride_ * element);
  const size_t tokens = static_cast<size_t>(round_up(shape.tokens(), tile));
  const size_t output = static_cast<size_t>(round_up(shape.output_width, lanes));
  hidden_ =
      AlignedBuffer(std::max({static_cast<size_t>(hidden_rows_) * hidden_stride_ * element,
                              rows * shape.patch_numbers() * sizeof(float), rows * stride_ * sizeof(float),
                              tokens * (stride_ + output) * sizeof(float)}));
  scratch_bytes_ = std::max(kernels.scratch_bytes(shape.head_size()), exact.scratch_bytes(shape.head_size()));
  scratch_bytes_ = (scratch_bytes_ + 4095) / 4096 * 4096;
  scratch_ = AlignedBuffer(scratch_bytes_ * static_cast<size_t>(pool.size()));
}

// Tasks are the same however many threads there are, so results are too.
void Forward::multiply(const Kernels& kernels, const Matrix& matrix, const void* input, size_t input_stride,
                       int row_begin, int rows, const Output& output) {
  const int panels = (matrix.n + kernels.lanes - 1) / kernels.lanes;
  const int groups = (panels + kPanelsPerTask - 1) / kPanelsPerTask;
  const int blocks = (rows + kernels.block_rows - 1) / kernels.block_rows;
  const size_t row_bytes = input_stride * static_cast<size_t>(kernels.element_size);
  pool_.run(groups * blocks, [&](int index, int thread) {
    const int row = index / groups * kernels.block_rows;
    GemmTask task;
    task.weights = &matrix;
    task.panel_begin = index % groups * kPanelsPerTask;
    task.panel_end = std::min(panels, task.panel_begin + kPanelsPerTask);
    task.input = static_cast<const uint8_t*>(input) + static_cast<size_t>(row) * row_bytes;
    task.input_stride = input_stride;
    task.row_begin = row_begin + row;
    task.rows = std::min(kernels.block_rows, rows - row);
    task.epilogue = output.epilogue;
    task.output_stride = output.stride;
    if (output.epilogue == Epilogue::kAccumulate) {
      task.residual = static_cast<float*>(output.to);
    } else {
      task.output = output.to;
    }
    kernels.gemm(task, scratch_.data() + scratch_bytes_ * static_cast<size_t>(thread));
  });
}

void Forward::normalize(const Kernels& kernels, const Norm& norm, void* out, size_t stride) {
  constexpr int kRows = 64;
  pool_.run((rows_ + kRows - 1) / kRows, [&](int index, int) {
    for (int r = index * kRows; r < std::min(rows_, (index + 1) * kRows); ++r) {
      kernels.layer_norm(residual_.floats() + static_cast<size_t>(r) * stride_, shape_.width,
                         norm.weight.data(), norm.bias.data(), shape_.eps,
                         static_cast<uint8_t*>(out) + static_cast<size_t>(r) * stride * kernels.element_size);
    }
  });
}

void Forward::embed(const uint8_t* rgb) {
  const Kernels& exact = *kernels_.exact;
  const int side = shape_.side(), size = shape_.patch_size, numbers = shape_.patch_numbers();
  float* patches = hidden_.floats();
  pool_.run(shape_.patches(), [&](int index, int) {
    const int top = index / side * size, left = index % side * size;
    float* to = patches + static_cast<size_t>(index) * numbers;
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < size; ++y) {
        const uint8_t* from = rgb + (static_cast<size_t>(top + y) * shape_.image_size + left) * 3 + c;
        for (int x = 0; x < size; ++x) {
          *to++ = (static_cast<float>(from[x * 3]) / 255.0f - shape_.mean[c]) / shape_.std_dev[c];
        }
      }
    }
    const float* position = weights_.positions.data() + static_cast<size_t>(index) * shape_.width;
    std::copy(position, position + shape_.width, residual_.floats() + static_cast<size_t>(index) * stride_);
  });
  multiply(exact, weights_.patch_embedding, patches, static_cast<size_t>(numbers), 0, rows_,
           {Epilogue::kAccumulate, residual_.data(), stride_});
}

void Forward::layer(int index) {
  const Layer& layer = weights_.layers[static_cast<size_t>(index)];
  normalize(kernels_, layer.before_attention, input_.data(), stride_);
  multiply(kernels_, layer.q, input_.data(), stride_, 0, rows_, {Epilogue::kStore, q_.data(), stride_});
  multiply(kernels_, layer.k, input_.data(), stride_, 0, rows_, {Epilogue::kStore, k_.data(), stride_});
  multiply(kernels_, layer.v, input_.data(), stride_, 0, rows_,
           {Epilogue::kTranspose, v_t_.data(), token_stride_});
  attend();
  const Output residual = {Epilogue::kAccumulate, residual_.data(), stride_};
  multiply(kernels_, layer.out, input_.data(), stride_, 0, rows_, residual);

  normalize(kernels_, layer.before_mlp, input_.data(), stride_);
  for (int row = 0; row < rows_; row += hidden_rows_) {
    const int n = std::min(hidden_rows_, rows_ - row);
    const uint8_t* input = input_.data() + static_cast<size_t>(row) * stride_ * kernels_.element_size;
    multiply(kernels_, layer.up, input, stride_, 0, n, {Epilogue::kGelu, hidden_.data(), hidden_stride_});
    multiply(kernels_, layer.down, hidden_.data(), hidden_stride_, row, n, residual);
  }
}

void Forward::attend() {
  const int blocks = (shape_.patches() + kernels_.lanes - 1) / kernels_.lanes;
  pool_.run(shape_.heads * blocks, [&](int index, int thread) {
    AttentionTask task;
    task.q = q_.data();
    task.k = k_.data();
    task.v_t = v_t_.data();
    task.output = input_.data();
    task.stride = stride_;
    task.token_stride = token_stride_;
    task.tokens = shape_.patches();
    task.head = index / blocks;
    task.head_size = shape_.head_size();
    task.query_begin = index % blocks * kernels_.lanes;
    kernels_.attention(task, scratch_.data() + scratch_bytes_ * static_cast<size_t>(thread));
  });
}

void Forward::project(float* out) {
  const Kernels& exact = *kernels_.exact;
  float* normalized = hidden_.floats();
  normalize(exact, weights_.after_layers, normalized, stride_);

  // Averages of merge x merge patches go to the front of the residual's memory, which is no longer needed.
  const int side = shape_.side(), merge = shape_.merge, grid = side / merge, tokens = shape_.tokens();
  float* averages = residual_.floats();
  for (int token = 0; token < tokens; ++token) {
    float* to = averages + static_cast<size_t>(token) * stride_;
    std::fill(to, to + stride_, 0.0f);
    for (int i = 0; i < merge * merge; ++i) {
      const int y = token / grid * merge + i / merge, x = token % grid * merge + i % merge;
      const float* from = normalized + static_cast<size_t>(y * side + x) * stride_;
      for (int c = 0; c < shape_.width; ++c) to[c] += from[c];
    }
    float squares = 0;
    for (int c = 0; c < shape_.width; ++c) {
      to[c] /= static_cast<float>(merge * merge);
      squares += to[c] * to[c];
    }
    const float scale = 1.0f / std::sqrt(squares / static_cast<float>(shape_.width) + shape_.eps);
    for (int c = 0; c < shape_.width; ++c) to[c] *= scale * weights_.token_norm[static_cast<size_t>(c)];
  }

  const int rows = round_up(tokens, exact.tile_rows);
  const size_t stride = static_cast<size_t>(round_up(shape_.output_width, exact.lanes));
  multiply(exact, weights_.projection, averages, stride_, 0, rows,
           {Epilogue::kStore, hidden_.data(), stride});
  for (int token = 0; token < tokens; ++token) {
    const float* from = hidden_.floats() + static_cast<size_t>(token) * stride;
    std::copy(from, from + shape_.output_width, out + static_cast<size_t>(token) * shape_.output_width);
  }
}

}  // namespace medgemma::siglip
