#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model.h"

namespace medgemma {

// What turns the encoder's square into soft tokens. Not thread-safe: one picture at a time.
class VisionModel {
 public:
  // After a layer; false stops.
  using OnLayer = std::function<bool(int done, int layers)>;

  virtual ~VisionModel() = default;
  virtual int image_size() const = 0;  // pixels a side
  virtual int tokens() const = 0;
  virtual int width() const = 0;
  // Which code computes: its results differ in the last bits from the others'.
  virtual std::string name() const = 0;
  // `out` gets tokens() * width() numbers. False when on_layer stopped it. Throws EngineError(encode_failed).
  virtual bool encode(const uint8_t* rgb, float* out, const OnLayer& on_layer) = 0;
};

struct VisionParams {
  std::string path;
  int threads = 1;
  std::string device;  // name of a GPU; empty: the CPU
  // "auto": own code on CPUs that it is made for, else llama.cpp's. "mtmd": llama.cpp's. Otherwise the
  // kernels of the own code (avx512bf16, avx512, avx2, portable), for tests and measurements.
  std::string encoder = "auto";
};

// The own code, which needs nothing of the model; null when the encoder is better left to llama.cpp.
// Throws EngineError: model_load_failed, aborted.
std::unique_ptr<VisionModel> load_own_vision_model(const VisionParams& params, const LoadProgress& progress);

}  // namespace medgemma
