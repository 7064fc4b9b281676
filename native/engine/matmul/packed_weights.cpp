#include "packed_weights.h"

#ifdef _WIN32

namespace medgemma::matmul {
void install_packed_weights(const std::string&) {}
const char* installed_kernels() {
  return "ggml";
}
}  // namespace medgemma::matmul

#else

#include <dlfcn.h>
#include <ggml-backend-impl.h>
#include <ggml-backend.h>
#include <ggml.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "kernels.h"

// Of ggml-cpu-impl.h, which needs the CPU backend's own flags.
struct ggml_compute_params {
  int ith, nth;
  size_t wsize;
  void* wdata;
  ggml_threadpool* threadpool;
  bool use_ref;
};

namespace medgemma::matmul {
namespace {

// ggml's CPU backend asks buffer types of this form ("extra buffer types", ggml-cpu/traits.h) whether they
// compute an operation. Its classes are mirrored and not derived from, for their code is in a library that is
// loaded at run time: the virtual functions must stay in its order.
class OperationTraits {
 public:
  virtual ~OperationTraits() = default;
  virtual bool work_size(int threads, const ggml_tensor* op, size_t& size) = 0;
  virtual bool compute_forward(ggml_compute_params* params, ggml_tensor* op) = 0;
};

class ExtraBufferType {
 public:
  virtual ~ExtraBufferType() = default;
  virtual bool supports_op(ggml_backend_dev_t device, const ggml_tensor* op) = 0;
  virtual OperationTraits* get_tensor_traits(const ggml_tensor* op) = 0;
};

// What the operations need of the backend's library, and what they compute with.
struct Backend {
  void (*barrier)(ggml_threadpool*) = nullptr;
  void (*chunk_set)(ggml_threadpool*, int) = nullptr;
  int (*chunk_add)(ggml_threadpool*, int) = nullptr;
  const Kernels* kernels = nullptr;
} backend;

ggml_backend_buffer_type_t packed_type();

int64_t activation_blocks(const ggml_tensor* op) {
  return ggml_nrows(op->src[1]) * (op->src[1]->ne[0] / kBlock);
}

struct Row {
  int64_t i1, i2, i3;
  Row(const ggml_tensor* tensor, int64_t row)
      : i1(row % tensor->ne[1]),
        i2(row / tensor->ne[1] % tensor->ne[2]),
        i3(row / tensor->ne[1] / tensor->ne[2]) {}
  char* of(const ggml_tensor* tensor) const {
    return static_cast<char*>(tensor->data) + i1 * tensor->nb[1] + i2 * tensor->nb[2] + i3 * tensor->nb[3];
  }
};

int64_t groups_of(const ggml_tensor* weights) {
  return (weights->ne[1] + kLanes - 1) / kLanes;
}

void multiply_groups(const ggml_tensor* weights, int64_t first, int64_t count, int64_t blocks,
                     const Q8Block* activations, int64_t rows, float* out, int64_t stride) {
  if (weights->type == GGML_TYPE_Q4_K) {
    backend.kernels->q4_k(static_cast<const Q4Kx16*>(weights->data) + first * blocks, count, blocks,
                          activations, rows, out, stride);
  } else {
    backend.kernels->q6_k(static_cast<const Q6Kx16*>(weights->data) + first * blocks, count, blocks,
                          activations, rows, out, stride);
  }
}

// The last rows of weights when they do not fill a group: a vocabulary of 262145 words.
void multiply_last_group(const ggml_tensor* weights, int64_t group, int64_t blocks,
                         const Q8Block* activations, int64_t rows, const ggml_tensor* op) {
  const int64_t count = weights->ne[1] - group * kLanes;
  for (int64_t row = 0; row < rows; ++row) {
    float lanes[kLanes];
    multiply_groups(weights, group, 1, blocks, activations + row * blocks, 1, lanes, kLanes);
    std::copy(lanes, lanes + count, static_cast<float*>(op->data) + row * op->ne[0] + group * kLanes);
  }
}

void multiply(const ggml_compute_params& params, const ggml_tensor* op) {
  const ggml_tensor* weights = op->src[0];
  const ggml_tensor* input = op->src[1];
  const int64_t blocks = input->ne[0] / kBlock;
  const int64_t rows = ggml_nrows(input);
  Q8Block* activations = static_cast<Q8Block*>(params.wdata);
  for (int64_t row = params.ith; row < rows; row += params.nth) {
    const float* from = reinterpret_cast<const float*>(Row(input, row).of(input));
    backend.kernels->quantize(from, activations + row * blocks, input->ne[0]);
  }
  // The first chunk of each thread is its own; the others are taken as they come, for cores are not equally
  // fast.
  if (params.ith == 0) backend.chunk_set(params.threadpool, params.nth);
  backend.barrier(params.threadpool);
  const int64_t groups = groups_of(weights);
  const int64_t chunk = std::max<int64_t>(1, groups / (8 * params.nth));
  for (int64_t first = params.ith * chunk; first < groups;
       first = backend.chunk_add(params.threadpool, 1) * chunk) {
    const int64_t end = std::min(first + chunk, groups);
    const int64_t whole_end = std::min(end, weights->ne[1] / kLanes);
    float* out = static_cast<float*>(op->data) + first * kLanes;
    multiply_groups(weights, first, whole_end - first, blocks, activations, rows, out, op->ne[0]);
    if (whole_end < end) multiply_last_group(weights, whole_end, blocks, activations, rows, op);
  }
}

void get_rows(const ggml_compute_params& params, const ggml_tensor* op) {
  const ggml_tensor* weights = op->src[0];
  const int64_t rows = ggml_nrows(op);
  const auto unpack = weights->type == GGML_TYPE_Q4_K ? unpack_q4_k_row : unpack_q6_k_row;
  const int32_t* wanted = static_cast<const int32_t*>(op->src[1]->data);
  for (int64_t row = params.ith; row < rows; row += params.nth) {
    GGML_ASSERT(wanted[row] >= 0 && wanted[row] < weights->ne[1]);
    unpack(weights->data, wanted[row], weights->ne[0], reinterpret_cast<float*>(Row(op, row).of(op)));
  }
}

class PackedTraits final : public OperationTraits {
  bool work_size(int, const ggml_tensor* op, size_t& size) override {
    size = op->op == GGML_OP_MUL_MAT ? activation_blocks(op) * sizeof(Q8Block) : 0;
    return true;
  }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    if (op->op == GGML_OP_MUL_MAT) {
      multiply(*params, op);
    } else {
      get_rows(*params, op);
    }
    return true;
  }
};

bool can_be_packed(const ggml_tensor* weights) {
  return (weights->type == GGML_TYPE_Q4_K || weights->type == GGML_TYPE_Q6_K) &&
         ggml_is_contiguous(weights) && weights->view_src == nullptr && weights->ne[2] == 1 &&
         weights->ne[3] == 1 && weights->ne[0] % kBlock == 0;
}

class PackedBufferType final : public ExtraBufferType {
  bool supports_op(ggml_backend_dev_t, const ggml_tensor* op) override {
    const ggml_tensor* weights = op->src[0];
    const ggml_tensor* input = op->src[1];
    if (!is_ours(op) || !can_be_packed(weights) || !ggml_is_contiguous(op)) return false;
    if (input->buffer != nullptr && !ggml_backend_buft_is_host(input->buffer->buft)) return false;
    return op->op == GGML_OP_MUL_MAT ? input->type == GGML_TYPE_F32 && input->nb[0] == sizeof(float)
                                     : input->type == GGML_TYPE_I32 && ggml_is_contiguous(input);
  }

  OperationTraits* get_tensor_traits(const ggml_tensor* op) override {
    return is_ours(op) ? &traits_ : nullptr;
  }

  static bool is_ours(const ggml_tensor* op) {
    return (op->op == GGML_OP_MUL_MAT || op->op == GGML_OP_GET_ROWS) && op->src[0]->buffer != nullptr &&
           op->src[0]->buffer->buft == packed_type();
  }

  PackedTraits traits_;
};

// Pages of this size make the walk through gigabytes of weights cheaper, where the kernel grants them.
constexpr size_t kHugePage = size_t{2} << 20;

// Memory of gigabytes, which the kernel fills with zeros before it is written: a thread of its own has it do
// so while the weights are read and packed, for that takes as long as both.
class PackedMemory {
 public:
  explicit PackedMemory(size_t size) {
    if (posix_memalign(&data_, kHugePage, size) != 0) return;
#ifdef MADV_HUGEPAGE
    madvise(data_, size, MADV_HUGEPAGE);
#endif
#ifdef MADV_POPULATE_WRITE
    populating_ = std::thread([this, size] { populate(size); });
#endif
  }
  ~PackedMemory() {
    stop_ = true;
    if (populating_.joinable()) populating_.join();
    std::free(data_);
  }
  PackedMemory(const PackedMemory&) = delete;

  char* data() const {
    return static_cast<char*>(data_);
  }

 private:
#ifdef MADV_POPULATE_WRITE
  void populate(size_t size) {
    constexpr size_t kStep = 16 * kHugePage;
    // A kernel that does not know it, or has no memory left, says so at once; pages then come as they are
    // written.
    for (size_t at = 0; at < size && !stop_; at += kStep)
      if (madvise(data() + at, std::min(kStep, size - at), MADV_POPULATE_WRITE) != 0) return;
  }
#endif

  void* data_ = nullptr;
  std::atomic<bool> stop_{false};
  std::thread populating_;
};

PackedMemory& memory_of(ggml_backend_buffer_t buffer) {
  return *static_cast<PackedMemory*>(buffer->context);
}

ggml_backend_buffer_t allocate(ggml_backend_buffer_type_t type, size_t size) {
  auto memory = std::make_unique<PackedMemory>(size);
  if (memory->data() == nullptr) return nullptr;
  ggml_backend_buffer_i functions = {};
  functions.free_buffer = [](ggml_backend_buffer_t buffer) { delete &memory_of(buffer); };
  functions.get_base = [](ggml_backend_buffer_t buffer) -> void* { return memory_of(buffer).data(); };
  functions.set_tensor = [](ggml_backend_buffer_t, ggml_tensor* tensor, const void* data, size_t offset,
                            size_t size) {
    GGML_ASSERT(offset == 0 && size == ggml_nbytes(tensor));
    const auto pack = tensor->type == GGML_TYPE_Q4_K ? pack_q4_k : pack_q6_k;
    pack(data, tensor->data, tensor->ne[1], tensor->ne[0]);
  };
  functions.clear = [](ggml_backend_buffer_t buffer, uint8_t value) {
    std::memset(memory_of(buffer).data(), value, buffer->size);
  };
  return ggml_backend_buffer_init(type, functions, memory.release(), size);
}

ggml_backend_buffer_type_t packed_type() {
  static ggml_backend_buffer_type type = [] {
    ggml_backend_buffer_type made = {};
    made.iface.get_name = [](ggml_backend_buffer_type_t) { return "CPU_PACKED"; };
    made.iface.alloc_buffer = allocate;
    made.iface.get_alignment = [](ggml_backend_buffer_type_t) { return size_t{64}; };
    made.iface.get_alloc_size = [](ggml_backend_buffer_type_t, const ggml_tensor* tensor) {
      return can_be_packed(tensor) ? ggml_row_size(tensor->type, tensor->ne[0]) * groups_of(tensor) * kLanes
                                   : ggml_nbytes(tensor);
    };
    made.device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    made.context =
        static_cast<ExtraBufferType*>(new PackedBufferType);  // as long as the process, like ggml's own
    return made;
  }();
  return &type;
}

// The library that the CPU backend was loaded from.
void* backend_library(ggml_backend_dev_t device) {
  void* function =
      ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), "ggml_threadpool_new");
  Dl_info info;
  if (function == nullptr || dladdr(function, &info) == 0) return nullptr;
  return dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
}

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

void install_packed_weights(const std::string& wanted) {
  const Kernels* kernels = nullptr;
  for (const Kernels* candidate : available_kernels()) {
    if (kernels == nullptr && (wanted.empty() || wanted == candidate->name)) kernels = candidate;
  }
  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (kernels == nullptr || device == nullptr) return;
  void* library = backend_library(device);
  if (library == nullptr) return;
  std::vector<ggml_backend_buffer_type_t>& (*extra_types)() = nullptr;
  if (!find(library, "ggml_barrier", backend.barrier) ||
      !find(library, "ggml_threadpool_chunk_set", backend.chunk_set) ||
      !find(library, "ggml_threadpool_chunk_add", backend.chunk_add) ||
      !find(library, "_Z39ggml_backend_cpu_get_extra_buffer_typesv", extra_types)) {
    return;
  }
  backend.kernels = kernels;
  // Before ggml's own, which would take the same weights.
  extra_types().insert(extra_types().begin(), packed_type());
}

const char* installed_kernels() {
  return backend.kernels == nullptr ? "ggml" : backend.kernels->name;
}

}  // namespace medgemma::matmul
#endif
