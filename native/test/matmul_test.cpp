// Products of packed weights against the plain sum in double precision, for each instruction set that this
// CPU has, and through ggml's CPU backend against its own.
#include <ggml-backend.h>
#include <ggml.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "../engine/matmul/kernels.h"
#include "check.h"
#include "registry.h"

static int failures = 0;

namespace {

using namespace medgemma::matmul;

std::vector<float> random_floats(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

// Weights of a GGUF type, whose rows differ much in size.
struct Weights {
  ggml_type type;
  int64_t rows, columns;
  std::vector<uint8_t> bytes;
  std::vector<float> values;  // as they are after rounding

  Weights(ggml_type type, int64_t rows, int64_t columns)
      : type(type), rows(rows), columns(columns), bytes(ggml_row_size(type, columns) * rows) {
    values = random_floats(rows * columns, 3);
    for (int64_t i = 0; i < rows * columns; ++i)
      values[i] *= std::exp2(static_cast<float>(i / columns % 7) - 3);
    ggml_quantize_chunk(type, values.data(), bytes.data(), 0, rows, columns, nullptr);
    ggml_get_type_traits(type)->to_float(bytes.data(), values.data(), rows * columns);
  }

  std::vector<uint8_t> packed() const {
    std::vector<uint8_t> out(ggml_row_size(type, columns) * ((rows + kLanes - 1) / kLanes * kLanes));
    (type == GGML_TYPE_Q4_K ? pack_q4_k : pack_q6_k)(bytes.data(), out.data(), rows, columns);
    return out;
  }
};

bool near(double value, double expected, double size) {
  return std::fabs(value - expected) <= 2e-6 * size;  // false for NaN
}

void test_kernels(const Kernels& kernels, const Weights& weights, int64_t rows) {
  const int64_t blocks = weights.columns / kBlock;
  const int64_t groups = weights.rows / kLanes;
  std::vector<float> input = random_floats(rows * weights.columns, 5);
  // A block of zeros, and one whose largest number is negative.
  std::fill_n(input.begin(), kBlock, 0.0f);
  if (input.size() > kBlock) input[kBlock + 7] = -40;
  std::vector<Q8Block> activations(rows * blocks);
  for (int64_t row = 0; row < rows; ++row)
    kernels.quantize(input.data() + row * weights.columns, activations.data() + row * blocks,
                     weights.columns);
  for (int64_t i = 0; i < rows * weights.columns; ++i) {
    const Q8Block& block = activations[i / kBlock];
    CHECK(std::fabs(block.scale * block.quants[i % kBlock] - input[i]) <= 0.5001f * std::fabs(block.scale));
  }

  const std::vector<uint8_t> packed = weights.packed();
  const int64_t stride = weights.rows + 3;
  std::vector<float> out(rows * stride, 1e30f);
  if (weights.type == GGML_TYPE_Q4_K) {
    kernels.q4_k(reinterpret_cast<const Q4Kx16*>(packed.data()), groups, blocks, activations.data(), rows,
                 out.data(), stride);
  } else {
    kernels.q6_k(reinterpret_cast<const Q6Kx16*>(packed.data()), groups, blocks, activations.data(), rows,
                 out.data(), stride);
  }
  int wrong = 0;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t j = 0; j < weights.rows; ++j) {
      double sum = 0, size = 0;
      for (int64_t k = 0; k < weights.columns; ++k) {
        const Q8Block& block = activations[row * blocks + k / kBlock];
        const double term =
            double{weights.values[j * weights.columns + k]} * block.scale * block.quants[k % kBlock];
        sum += term;
        size += std::fabs(term);
      }
      if (!near(out[row * stride + j], sum, size)) ++wrong;
    }
    for (int64_t j = weights.rows; j < stride; ++j) CHECK(out[row * stride + j] == 1e30f);
  }
  CHECK(wrong == 0);
}

ggml_backend_buffer_type_t buffer_type(const std::string& name) {
  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  const auto extra = reinterpret_cast<ggml_backend_dev_get_extra_bufts_t>(ggml_backend_reg_get_proc_address(
      ggml_backend_dev_backend_reg(device), "ggml_backend_dev_get_extra_bufts"));
  for (ggml_backend_buffer_type_t* type = extra(device); *type != nullptr; ++type) {
    if (name == ggml_backend_buft_name(*type)) return *type;
  }
  return nullptr;
}

#ifdef __SANITIZE_THREAD__
constexpr int kThreads[] = {1};  // ThreadSanitizer does not see the barriers in ggml's library
#else
constexpr int kThreads[] = {1, 2, 3};
#endif

struct Outputs {
  std::vector<float> product, rows;
};

// The product with `rows` activations, and some rows of the weights, by ggml's CPU backend.
Outputs compute(const Weights& weights, int64_t rows, int threads, ggml_backend_buffer_type_t type) {
  ggml_context* holder = ggml_init({ggml_tensor_overhead() * 2, nullptr, true});
  ggml_tensor* matrix = ggml_new_tensor_2d(holder, weights.type, weights.columns, weights.rows);
  ggml_backend_buffer_t buffer = ggml_backend_alloc_ctx_tensors_from_buft(holder, type);
  ggml_backend_tensor_set(matrix, weights.bytes.data(), 0, weights.bytes.size());

  ggml_context* graph_context = ggml_init({size_t{64} << 20, nullptr, false});
  ggml_tensor* input = ggml_new_tensor_2d(graph_context, GGML_TYPE_F32, weights.columns, rows);
  const std::vector<float> values = random_floats(rows * weights.columns, 11);
  std::memcpy(input->data, values.data(), sizeof(float) * values.size());
  ggml_tensor* wanted = ggml_new_tensor_1d(graph_context, GGML_TYPE_I32, 3);
  const int32_t picked[] = {0, static_cast<int32_t>(weights.rows - 1), 5};
  std::memcpy(wanted->data, picked, sizeof(picked));
  ggml_tensor* product = ggml_mul_mat(graph_context, matrix, input);
  ggml_tensor* taken = ggml_get_rows(graph_context, matrix, wanted);
  ggml_cgraph* graph = ggml_new_graph(graph_context);
  ggml_build_forward_expand(graph, product);
  ggml_build_forward_expand(graph, taken);

  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  ggml_backend_t backend = ggml_backend_dev_init(device, nullptr);
  const auto set_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(
      ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), "ggml_backend_set_n_threads"));
  set_threads(backend, threads);
  CHECK(ggml_backend_supports_op(backend, product) && ggml_backend_supports_op(backend, taken));
  CHECK(ggml_backend_graph_compute(backend, graph) == GGML_STATUS_SUCCESS);
  const auto floats = [](const ggml_tensor* tensor) {
    const float* data = static_cast<const float*>(tensor->data);
    return std::vector<float>(data, data + ggml_nelements(tensor));
  };
  Outputs outputs{floats(product), floats(taken)};
  ggml_backend_free(backend);
  ggml_free(graph_context);
  ggml_backend_buffer_free(buffer);
  ggml_free(holder);
  return outputs;
}

}  // namespace

TEST(packed_products_equal_plain_arithmetic) {
  for (const Kernels* kernels : available_kernels()) {
    for (ggml_type type : {GGML_TYPE_Q4_K, GGML_TYPE_Q6_K}) {
      const Weights weights(type, 48, 768);
      for (int64_t rows = 1; rows <= 9; ++rows) test_kernels(*kernels, weights, rows);
      test_kernels(*kernels, weights, 19);
    }
  }
}

TEST(ggml_computes_with_packed_weights) {
  ggml_backend_buffer_type_t packed = buffer_type("CPU_PACKED");
  CHECK((packed != nullptr) == !available_kernels().empty());
  if (packed == nullptr) return;
  for (ggml_type type : {GGML_TYPE_Q4_K, GGML_TYPE_Q6_K}) {
    // 16 divides the one, and not the other: a vocabulary may have any number of words.
    for (int64_t count : {64, 77}) {
      const Weights weights(type, count, 512);
      for (int64_t rows : {1, 7, 40}) {
        const Outputs expected = compute(weights, rows, 1, ggml_backend_cpu_buffer_type());
        for (int threads : kThreads) {
          const Outputs outputs = compute(weights, rows, threads, packed);
          CHECK(outputs.rows == expected.rows);
          for (size_t i = 0; i < expected.product.size(); ++i)
            CHECK(near(outputs.product[i], expected.product[i], 512 * 8));
        }
      }
    }
  }
}
