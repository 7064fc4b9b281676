#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct ggml_backend_device;
struct ggml_threadpool;

namespace medgemma {

struct Device {
  std::string name;
  std::string description;
  std::string type;  // cpu, gpu, igpu, accelerator
  uint64_t memory_free = 0;
  uint64_t memory_total = 0;
};

// Loads ggml's backends (a CPU variant for this machine, GPU backends where present) from `dir` and starts
// llama.cpp. Process-wide and idempotent; the first call's folder counts. Throws
// EngineError(addon_unloadable) without any device.
void init_backend(const std::string& dir);

std::vector<Device> list_devices();

// Adds one backend's library (libggml-vulkan.so) of the same llama.cpp release, process-wide; once per file.
// False when the system cannot load it: no driver, no such file.
bool load_backend(const std::string& file);

// A device by its name in the list. Throws EngineError(gpu_unavailable).
ggml_backend_device* find_device(const std::string& name);

// The instruction sets that the chosen CPU backend uses, e.g. "AVX2 = 1, AVX512 = 1".
std::string cpu_features();

std::string llama_version_string();

// A CPU thread pool, for ggml makes a new one for every graph otherwise. Null where the backend has none.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ggml_threadpool* get() const { return pool_; }

 private:
  ggml_threadpool* pool_ = nullptr;
};

}  // namespace medgemma
