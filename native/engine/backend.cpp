#include "backend.h"

#include <ggml-backend.h>
#include <ggml-cpu.h>
#include <ggml.h>
#include <llama.h>

#include <cstdlib>
#include <mutex>
#include <set>

#include "errors.h"
#include "log.h"
#include "matmul/packed_weights.h"

namespace medgemma {
namespace {

template <typename Function>
Function cpu_function(const char* name) {
  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (device == nullptr) return nullptr;
  // With backends loaded at run time the CPU's own functions are not linkable, only reachable by name.
  return reinterpret_cast<Function>(
      ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name));
}

std::string device_type(ggml_backend_dev_t device) {
  switch (ggml_backend_dev_type(device)) {
    case GGML_BACKEND_DEVICE_TYPE_CPU:
      return "cpu";
    case GGML_BACKEND_DEVICE_TYPE_GPU:
      return "gpu";
    case GGML_BACKEND_DEVICE_TYPE_IGPU:
      return "igpu";
    default:
      return "accelerator";
  }
}

}  // namespace

void init_backend(const std::string& dir) {
  static std::once_flag once;
  std::call_once(once, [&dir] {
    route_logs();
    if (!dir.empty()) ggml_backend_load_all_from_path(dir.c_str());
    llama_backend_init();
    const char* kernels = std::getenv("MEDGEMMA_CPU_KERNELS");
    matmul::install_packed_weights(kernels == nullptr ? "" : kernels);
  });
  if (ggml_backend_dev_count() == 0) {
    throw EngineError("addon_unloadable", "No ggml backend could be loaded from the platform package.");
  }
}

std::vector<Device> list_devices() {
  std::vector<Device> devices;
  for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    Device entry;
    entry.name = ggml_backend_dev_name(device);
    entry.description = ggml_backend_dev_description(device);
    entry.type = device_type(device);
    size_t free = 0;
    size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    entry.memory_free = free;
    entry.memory_total = total;
    devices.push_back(entry);
  }
  return devices;
}

bool load_backend(const std::string& file) {
  static std::mutex mutex;
  static std::set<std::string> loaded;
  const std::lock_guard<std::mutex> lock(mutex);
  if (loaded.count(file) != 0) return true;
  if (ggml_backend_load(file.c_str()) == nullptr) return false;
  loaded.insert(file);
  return true;
}

ggml_backend_device* find_device(const std::string& name) {
  ggml_backend_dev_t device = ggml_backend_dev_by_name(name.c_str());
  if (device == nullptr) throw EngineError("gpu_unavailable", "There is no device " + name + ".");
  return device;
}

std::string cpu_features() {
  auto get_features = cpu_function<ggml_backend_get_features_t>("ggml_backend_get_features");
  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  std::string text = std::string("KERNELS = ") + matmul::installed_kernels();
  if (get_features == nullptr || device == nullptr) return text;
  for (ggml_backend_feature* feature = get_features(ggml_backend_dev_backend_reg(device)); feature->name;
       ++feature) {
    if (!text.empty()) text += ", ";
    text += std::string(feature->name) + " = " + feature->value;
  }
  return text;
}

std::string llama_version_string() {
  return llama_version();
}

ThreadPool::ThreadPool(int threads) {
  auto create = cpu_function<decltype(&ggml_threadpool_new)>("ggml_threadpool_new");
  if (create == nullptr) return;
  ggml_threadpool_params params = ggml_threadpool_params_default(threads);
  pool_ = create(&params);
}

ThreadPool::~ThreadPool() {
  auto destroy = cpu_function<decltype(&ggml_threadpool_free)>("ggml_threadpool_free");
  if (pool_ != nullptr && destroy != nullptr) destroy(pool_);
}

}  // namespace medgemma
