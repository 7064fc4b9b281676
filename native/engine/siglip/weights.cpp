#include "weights.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>

namespace medgemma::siglip {
namespace {

int positive(const GgufFile& file, const std::string& key) {
  const uint32_t value = file.u32("clip.vision." + key);
  if (value == 0 || value > 65536) throw FileError("bad value of clip.vision." + key);
  return static_cast<int>(value);
}

void require(bool condition, const char* what) {
  if (!condition) throw UnsupportedError(std::string("unsupported projector: ") + what);
}

Storage storage_for(ggml_type type, const Kernels& kernels) {
  if (kernels.pair == 2 || type == GGML_TYPE_BF16) return Storage::kBF16;
  return type == GGML_TYPE_F32 ? Storage::kF32 : Storage::kF16;
}

bool same(ggml_type type, Storage storage) {
  return type == (storage == Storage::kF32   ? GGML_TYPE_F32
                  : storage == Storage::kF16 ? GGML_TYPE_F16
                                             : GGML_TYPE_BF16);
}

void convert(const float* values, size_t count, Storage storage, std::vector<uint8_t>& bytes) {
  bytes.resize(count * storage_size(storage));
  if (storage == Storage::kF32) {
    std::memcpy(bytes.data(), values, bytes.size());
  } else if (storage == Storage::kF16) {
    ggml_fp32_to_fp16_row(values, reinterpret_cast<ggml_fp16_t*>(bytes.data()), static_cast<int64_t>(count));
  } else {
    ggml_fp32_to_bf16_row(values, reinterpret_cast<ggml_bf16_t*>(bytes.data()), static_cast<int64_t>(count));
  }
}

// Sets everything but `panels`, which the caller allocates.
void plan(Matrix& matrix, int n, int k, Storage storage, const Kernels& kernels) {
  matrix.n = n;
  matrix.k = k;
  matrix.storage = storage;
  // Where pairs are used, k is even: read_shape sees to it.
  matrix.panel_bytes = static_cast<size_t>(k) * kernels.lanes * storage_size(storage);
}

int panels(const Matrix& matrix, const Kernels& kernels) {
  return (matrix.n + kernels.lanes - 1) / kernels.lanes;
}

// `from` is [count][k], the rows of one panel. A unit is what stays together: `pair` numbers.
template <class Unit>
void pack_units(const Matrix& matrix, const uint8_t* from, int count, uint8_t* to, int lanes) {
  constexpr int kBlock = 16;  // units of a row: a cache line
  const int length = static_cast<int>(matrix.panel_bytes / (sizeof(Unit) * lanes));
  const auto* rows = reinterpret_cast<const Unit*>(from);
  auto* panel = reinterpret_cast<Unit*>(to);
  for (int begin = 0; begin < length; begin += kBlock) {
    const int end = std::min(length, begin + kBlock);
    for (int lane = 0; lane < count; ++lane) {
      const Unit* row = rows + static_cast<size_t>(lane) * length;
      for (int k = begin; k < end; ++k) panel[k * lanes + lane] = row[k];
    }
  }
}

// Packs a matrix panel by panel; `rows(first, count)` gives the next rows as they are stored.
template <class Rows>
void pack(const Matrix& matrix, uint8_t* to, const Kernels& kernels, const Rows& rows) {
  for (int first = 0; first < matrix.n; first += kernels.lanes) {
    const int count = std::min(kernels.lanes, matrix.n - first);
    const uint8_t* from = rows(first, count);
    if (kernels.pair * storage_size(matrix.storage) == 4) {
      pack_units<uint32_t>(matrix, from, count, to, kernels.lanes);
    } else {
      pack_units<uint16_t>(matrix, from, count, to, kernels.lanes);
    }
    to += matrix.panel_bytes;
  }
}

void set_bias(Matrix& matrix, std::vector<float> bias, const Kernels& kernels) {
  bias.resize(static_cast<size_t>(panels(matrix, kernels)) * kernels.lanes, 0.0f);
  matrix.bias = std::move(bias);
}

AlignedBuffer load_f32_rows(Matrix& matrix, const std::vector<float>& rows, const Kernels& kernels) {
  AlignedBuffer memory(matrix.panel_bytes * panels(matrix, kernels));
  std::vector<uint8_t> stored;
  pack(matrix, memory.data(), kernels, [&](int first, int count) {
    const size_t k = static_cast<size_t>(matrix.k);
    convert(rows.data() + first * k, count * k, matrix.storage, stored);
    return stored.data();
  });
  matrix.panels = memory.data();
  return memory;
}

struct Source {
  Matrix* matrix;
  std::string name;
  int n, k;
  size_t at;
};

// The six matrices of a layer, in one piece of memory, each by one task.
AlignedBuffer load_layer(Layer& layer, int index, const Shape& s, const GgufFile& file,
                         const Kernels& kernels, ThreadPool& pool) {
  const std::string prefix = "v.blk." + std::to_string(index) + ".";
  const auto floats = [&](const std::string& name, int n) { return file.read(prefix + name, {n}); };
  // Early files call the first matrix of the MLP "down".
  const bool swapped = s.width != s.hidden && file.tensor(prefix + "ffn_up.weight").shape[0] == s.hidden;
  const std::string up = swapped ? "ffn_down" : "ffn_up", down = swapped ? "ffn_up" : "ffn_down";
  layer.before_attention = {floats("ln1.weight", s.width), floats("ln1.bias", s.width)};
  layer.before_mlp = {floats("ln2.weight", s.width), floats("ln2.bias", s.width)};

  std::vector<Source> sources = {
      {&layer.up, up, s.hidden, s.width, 0},     {&layer.down, down, s.width, s.hidden, 0},
      {&layer.q, "attn_q", s.width, s.width, 0}, {&layer.k, "attn_k", s.width, s.width, 0},
      {&layer.v, "attn_v", s.width, s.width, 0}, {&layer.out, "attn_out", s.width, s.width, 0},
  };
  size_t bytes = 0;
  for (Source& source : sources) {
    const TensorInfo info = file.tensor(prefix + source.name + ".weight");
    if (info.shape != std::vector<int64_t>{source.k, source.n})
      throw FileError("wrong shape of " + info.name);
    plan(*source.matrix, source.n, source.k, storage_for(info.type, kernels), kernels);
    set_bias(*source.matrix, floats(source.name + ".bias", source.n), kernels);
    source.at = bytes;
    bytes += source.matrix->panel_bytes * panels(*source.matrix, kernels);
  }
  AlignedBuffer memory(bytes);
  std::mutex mutex;
  std::exception_ptr failure;
  pool.run(static_cast<int>(sources.size()), [&](int i, int) {
    try {
      Source& source = sources[static_cast<size_t>(i)];
      source.matrix->panels = memory.data() + source.at;
      const TensorInfo info = file.tensor(prefix + source.name + ".weight");
      const Storage storage = source.matrix->storage;
      RowReader reader(file, info);
      std::vector<uint8_t> stored;
      pack(*source.matrix, memory.data() + source.at, kernels, [&](int, int count) {
        if (same(info.type, storage)) return reader.bytes(count).data();
        const std::vector<float>& numbers = reader.numbers(count);
        convert(numbers.data(), numbers.size(), storage, stored);
        return static_cast<const uint8_t*>(stored.data());
      });
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      failure = std::current_exception();
    }
  });
  if (failure) std::rethrow_exception(failure);
  return memory;
}

}  // namespace

Shape read_shape(const GgufFile& file) {
  // As clip.cpp reads it: files that hold several encoders name the kind of each.
  std::string kind = file.string("clip.projector_type", "");
  if (kind.empty()) kind = file.string("clip.vision.projector_type", "");
  require(kind == "gemma3", "not Gemma 3's");
  require(file.boolean("clip.use_gelu", false), "another activation function");
  Shape s;
  s.image_size = positive(file, "image_size");
  s.patch_size = positive(file, "patch_size");
  s.width = positive(file, "embedding_length");
  s.hidden = positive(file, "feed_forward_length");
  s.layers = positive(file, "block_count");
  s.heads = positive(file, "attention.head_count");
  s.output_width = positive(file, "projection_dim");
  s.merge = static_cast<int>(file.u32("clip.vision.projector.scale_factor", 4));
  s.eps = file.f32("clip.vision.attention.layer_norm_epsilon");
  const std::vector<float> mean = file.floats("clip.vision.image_mean");
  const std::vector<float> std_dev = file.floats("clip.vision.image_std");
  if (mean.size() != 3 || std_dev.size() != 3) throw FileError("bad image mean or deviation");
  for (size_t c = 0; c < 3; ++c) {
    s.mean[c] = mean[c];
    s.std_dev[c] = std_dev[c];
    if (!(std_dev[c] > 0)) throw FileError("bad image deviation");
  }
  require(s.image_size <= 8192 && s.image_size % s.patch_size == 0, "image size");
  require(s.merge > 0 && s.side() % s.merge == 0, "token grid");
  require(s.width % 16 == 0 && s.hidden % 16 == 0, "width");
  require(s.width % s.heads == 0 && s.head_size() % 2 == 0, "head size");
  for (const char* name : {"v.pre_ln.weight", "v.class_embd", "v.blk.0.attn_qkv.weight",
                           "v.blk.0.attn_q_norm.weight", "v.blk.0.ffn_gate.weight", "v.blk.0.ls1.weight"}) {
    require(!file.has_tensor(name), name);
  }
  return s;
}

Weights::Weights(const GgufFile& file, const Shape& s, const Kernels& kernels, ThreadPool& pool,
                 const std::function<bool(float)>& progress) {
  const auto go_on = [&](int layer) {
    return !progress || progress(static_cast<float>(layer) / static_cast<float>(s.layers));
  };
  const Kernels& exact = *kernels.exact;

  const TensorInfo patch = file.tensor("v.patch_embd.weight");
  if (patch.shape != std::vector<int64_t>{s.patch_size, s.patch_size, 3, s.width}) {
    throw FileError("wrong shape of " + patch.name);
  }
  plan(patch_embedding, s.width, s.patch_numbers(), storage_for(patch.type, exact), exact);
  set_bias(patch_embedding, file.read("v.patch_embd.bias", {s.width}), exact);
  memory_.push_back(load_f32_rows(patch_embedding, file.read(patch), exact));
  positions = file.read("v.position_embd.weight", {s.width, s.patches()});
  after_layers = {file.read("v.post_ln.weight", {s.width}), file.read("v.post_ln.bias", {s.width})};
  token_norm = file.read("mm.soft_emb_norm.weight", {s.width});

  // Kept as [width][output]: turned here.
  const TensorInfo output = file.tensor("mm.input_projection.weight");
  if (output.shape != std::vector<int64_t>{s.output_width, s.width})
    throw FileError("wrong shape of " + output.name);
  const std::vector<float> columns = file.read(output);
  std::vector<float> rows(columns.size());
  for (int k = 0; k < s.width; ++k) {
    for (int n = 0; n < s.output_width; ++n) {
      rows[static_cast<size_t>(n) * s.width + k] = columns[static_cast<size_t>(k) * s.output_width + n];
    }
  }
  plan(projection, s.output_width, s.width, storage_for(output.type, exact), exact);
  set_bias(projection, {}, exact);
  memory_.push_back(load_f32_rows(projection, rows, exact));

  layers.resize(static_cast<size_t>(s.layers));
  for (int i = 0; i < s.layers; ++i) {
    if (!go_on(i)) return;
    memory_.push_back(load_layer(layers[static_cast<size_t>(i)], i, s, file, kernels, pool));
  }
  complete_ = go_on(s.layers);
}

}  // namespace medgemma::siglip
