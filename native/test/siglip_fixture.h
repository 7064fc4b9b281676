// A small projector with random weights, written as GGUF, and its output computed the plain way in double
// precision.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ggml.h"
#include "gguf.h"

namespace siglip_fixture {

// Head size 72, as SigLIP's; counts that fill neither tiles nor panels.
constexpr int kImage = 140, kPatch = 14, kWidth = 288, kHidden = 416, kLayers = 2, kHeads = 4, kMerge = 2,
              kOutput = 256;
constexpr int kSide = kImage / kPatch, kPatches = kSide * kSide, kTokens = kPatches / (kMerge * kMerge);

struct Options {
  ggml_type matrix_type = GGML_TYPE_F16;
  const char* projector = "gemma3";
  bool swapped_mlp = false;
};

using Tensors = std::map<std::string, std::vector<float>>;

inline std::vector<uint8_t> picture() {
  std::mt19937 random(7);
  std::vector<uint8_t> rgb(static_cast<size_t>(kImage) * kImage * 3);
  for (uint8_t& value : rgb) value = static_cast<uint8_t>(random());
  return rgb;
}

// Writes the file and returns the numbers as they are after rounding to their types.
inline Tensors write(const std::string& path, const Options& options) {
  Tensors tensors;
  std::mt19937 random(42);
  std::normal_distribution<float> normal;
  gguf_context* file = gguf_init_empty();
  ggml_context* memory = ggml_init({size_t{64} << 20, nullptr, false});
  const auto add = [&](const std::string& name, std::vector<int64_t> shape, ggml_type type, float mean,
                       float spread) {
    ggml_tensor* t = ggml_new_tensor(memory, type, static_cast<int>(shape.size()), shape.data());
    std::vector<float> values(static_cast<size_t>(ggml_nelements(t)));
    for (float& value : values) value = mean + spread * normal(random);
    ggml_quantize_chunk(type, values.data(), t->data, 0, ggml_nrows(t), shape[0], nullptr);
    if (type != GGML_TYPE_F32)
      ggml_get_type_traits(type)->to_float(t->data, values.data(), ggml_nelements(t));
    ggml_set_name(t, name.c_str());
    gguf_add_tensor(file, t);
    tensors[name] = std::move(values);
  };
  const auto vector = [&](const std::string& name, int n, float mean) {
    add(name, {n}, GGML_TYPE_F32, mean, 0.1f);
  };
  const auto matrix = [&](const std::string& name, int n, int k) {
    add(name + ".weight", {k, n}, options.matrix_type, 0.0f, 1.5f / std::sqrt(static_cast<float>(k)));
    vector(name + ".bias", n, 0.0f);
  };

  gguf_set_val_str(file, "general.architecture", "clip");
  gguf_set_val_str(file, "clip.projector_type", options.projector);
  gguf_set_val_bool(file, "clip.has_vision_encoder", true);
  gguf_set_val_bool(file, "clip.use_gelu", true);
  const std::map<std::string, int> numbers = {
      {"image_size", kImage},           {"patch_size", kPatch},
      {"embedding_length", kWidth},     {"block_count", kLayers},
      {"projection_dim", kOutput},      {"feed_forward_length", kHidden},
      {"attention.head_count", kHeads}, {"projector.scale_factor", kMerge},
  };
  for (const auto& [key, value] : numbers) {
    gguf_set_val_u32(file, ("clip.vision." + key).c_str(), static_cast<uint32_t>(value));
  }
  gguf_set_val_f32(file, "clip.vision.attention.layer_norm_epsilon", 1e-6f);
  const float mean[3] = {0.4f, 0.5f, 0.6f}, std_dev[3] = {0.5f, 0.45f, 0.55f};
  gguf_set_arr_data(file, "clip.vision.image_mean", GGUF_TYPE_FLOAT32, mean, 3);
  gguf_set_arr_data(file, "clip.vision.image_std", GGUF_TYPE_FLOAT32, std_dev, 3);

  add("v.patch_embd.weight", {kPatch, kPatch, 3, kWidth}, GGML_TYPE_F32, 0.0f, 0.05f);
  vector("v.patch_embd.bias", kWidth, 0.0f);
  add("v.position_embd.weight", {kWidth, kPatches}, GGML_TYPE_F32, 0.0f, 0.5f);
  for (int i = 0; i < kLayers; ++i) {
    const std::string p = "v.blk." + std::to_string(i) + ".";
    for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_out"}) matrix(p + name, kWidth, kWidth);
    matrix(p + (options.swapped_mlp ? "ffn_down" : "ffn_up"), kHidden, kWidth);
    matrix(p + (options.swapped_mlp ? "ffn_up" : "ffn_down"), kWidth, kHidden);
    for (const char* name : {"ln1", "ln2"}) {
      vector(p + name + ".weight", kWidth, 1.0f);
      vector(p + name + ".bias", kWidth, 0.0f);
    }
  }
  vector("v.post_ln.weight", kWidth, 1.0f);
  vector("v.post_ln.bias", kWidth, 0.0f);
  vector("mm.soft_emb_norm.weight", kWidth, 1.0f);
  add("mm.input_projection.weight", {kOutput, kWidth}, GGML_TYPE_F16, 0.0f, 0.06f);
  gguf_write_to_file(file, path.c_str(), false);
  ggml_free(memory);
  gguf_free(file);
  return tensors;
}

using Rows = std::vector<std::vector<double>>;

inline Rows linear(const Rows& in, const std::vector<float>& weight, const std::vector<float>& bias) {
  Rows out(in.size(), std::vector<double>(bias.begin(), bias.end()));
  for (size_t r = 0; r < in.size(); ++r) {
    for (size_t n = 0; n < bias.size(); ++n) {
      for (size_t k = 0; k < in[r].size(); ++k) out[r][n] += in[r][k] * weight[n * in[r].size() + k];
    }
  }
  return out;
}

inline Rows layer_norm(Rows rows, const std::vector<float>& weight, const std::vector<float>& bias) {
  for (std::vector<double>& row : rows) {
    double mean = 0, square = 0;
    for (double x : row) mean += x / kWidth;
    for (double x : row) square += (x - mean) * (x - mean) / kWidth;
    for (size_t i = 0; i < row.size(); ++i)
      row[i] = (row[i] - mean) / std::sqrt(square + 1e-6) * weight[i] + bias[i];
  }
  return rows;
}

inline Rows attention(const Rows& q, const Rows& k, const Rows& v) {
  constexpr int d = kWidth / kHeads;
  Rows out(q.size(), std::vector<double>(kWidth, 0.0));
  for (int first = 0; first < kWidth; first += d) {
    for (size_t i = 0; i < q.size(); ++i) {
      std::vector<double> p(k.size());
      double sum = 0;
      for (size_t j = 0; j < k.size(); ++j) {
        double score = 0;
        for (int c = first; c < first + d; ++c) score += q[i][c] * k[j][c];
        sum += p[j] = std::exp(score / std::sqrt(static_cast<double>(d)));
      }
      for (size_t j = 0; j < k.size(); ++j) {
        for (int c = first; c < first + d; ++c) out[i][c] += p[j] / sum * v[j][c];
      }
    }
  }
  return out;
}

inline void add_to(Rows& x, const Rows& y) {
  for (size_t r = 0; r < x.size(); ++r) {
    for (size_t i = 0; i < x[r].size(); ++i) x[r][i] += y[r][i];
  }
}

inline std::vector<float> reference(const Tensors& t, const std::vector<uint8_t>& rgb,
                                    bool swapped_mlp = false) {
  const double mean[3] = {0.4, 0.5, 0.6}, std_dev[3] = {0.5, 0.45, 0.55};
  Rows patches(kPatches);
  for (int i = 0; i < kPatches; ++i) {
    for (int c = 0; c < 3; ++c) {
      for (int y = i / kSide * kPatch; y < (i / kSide + 1) * kPatch; ++y) {
        for (int x = i % kSide * kPatch; x < (i % kSide + 1) * kPatch; ++x) {
          patches[i].push_back((rgb[(static_cast<size_t>(y) * kImage + x) * 3 + c] / 255.0 - mean[c]) /
                               std_dev[c]);
        }
      }
    }
  }
  Rows x = linear(patches, t.at("v.patch_embd.weight"), t.at("v.patch_embd.bias"));
  for (int i = 0; i < kPatches; ++i) {
    for (int c = 0; c < kWidth; ++c)
      x[i][c] += t.at("v.position_embd.weight")[static_cast<size_t>(i) * kWidth + c];
  }
  for (int i = 0; i < kLayers; ++i) {
    const std::string p = "v.blk." + std::to_string(i) + ".";
    const auto apply = [&](const char* name, const Rows& in) {
      return linear(in, t.at(p + name + ".weight"), t.at(p + name + ".bias"));
    };
    Rows h = layer_norm(x, t.at(p + "ln1.weight"), t.at(p + "ln1.bias"));
    add_to(x, apply("attn_out", attention(apply("attn_q", h), apply("attn_k", h), apply("attn_v", h))));
    h = apply(swapped_mlp ? "ffn_down" : "ffn_up",
              layer_norm(x, t.at(p + "ln2.weight"), t.at(p + "ln2.bias")));
    for (std::vector<double>& row : h) {
      for (double& v : row)
        v = 0.5 * v * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (v + 0.044715 * v * v * v)));
    }
    add_to(x, apply(swapped_mlp ? "ffn_up" : "ffn_down", h));
  }
  x = layer_norm(x, t.at("v.post_ln.weight"), t.at("v.post_ln.bias"));
  std::vector<float> out;
  for (int token = 0; token < kTokens; ++token) {
    constexpr int grid = kSide / kMerge;
    std::vector<double> mean_patch(kWidth, 0.0);
    double squares = 0;
    for (int c = 0; c < kWidth; ++c) {
      for (int i = 0; i < kMerge * kMerge; ++i) {
        const int y = token / grid * kMerge + i / kMerge, column = token % grid * kMerge + i % kMerge;
        mean_patch[c] += x[y * kSide + column][c] / (kMerge * kMerge);
      }
      squares += mean_patch[c] * mean_patch[c] / kWidth;
    }
    for (int n = 0; n < kOutput; ++n) {
      double sum = 0;
      for (int c = 0; c < kWidth; ++c) {
        sum += mean_patch[c] / std::sqrt(squares + 1e-6) * t.at("mm.soft_emb_norm.weight")[c] *
               t.at("mm.input_projection.weight")[static_cast<size_t>(c) * kOutput + n];
      }
      out.push_back(static_cast<float>(sum));
    }
  }
  return out;
}

}  // namespace siglip_fixture
