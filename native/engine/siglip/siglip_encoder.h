// MedGemma's picture encoder (SigLIP and Gemma 3's projection) on the CPU, without llama.cpp's graph: on CPUs
// with AVX-512 many times faster, with a word and a way out between layers. Everything else, GPUs included,
// is mtmd's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace medgemma {

enum class SiglipStatus {
  kOk,
  kUnsupported,  // this CPU or this projector is better left to mtmd
  kBadFile,
  kAborted,
};

struct SiglipOptions {
  int threads = 1;  // as many as physical cores
  // "avx512bf16", "avx512", "avx2", "portable"; empty: the best that this CPU runs, and kUnsupported below
  // AVX2
  std::string kernels;
  std::function<bool(float)> progress;  // 0..1; false aborts
};

class SiglipEncoder {
 public:
  static std::unique_ptr<SiglipEncoder> load(const std::string& mmproj_path, const SiglipOptions& options,
                                             SiglipStatus* status = nullptr, std::string* message = nullptr);
  ~SiglipEncoder();

  int tokens() const;
  int width() const;
  int image_size() const;
  const char* kernels() const;

  // `rgb` is image_size() squared, three bytes a pixel; `out` gets tokens() * width() numbers, the same for
  // any number of threads. `on_layer` is called from the calling thread when a layer is done; if it returns
  // false, so does this, and `out` is left as it was. One call at a time.
  bool encode(const uint8_t* rgb, float* out,
              const std::function<bool(int done, int layers)>& on_layer = nullptr);

 private:
  struct State;
  explicit SiglipEncoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace medgemma
