#pragma once

#include <memory>
#include <string>

#include "vision_model.h"

struct mtmd_context;
struct ggml_tensor;

namespace medgemma {

// llama.cpp's own picture encoder, on the CPU or a GPU.
class MtmdVisionModel : public VisionModel {
 public:
  // Throws EngineError: model_load_failed, aborted.
  MtmdVisionModel(const VisionParams& params, const Model& model, const LoadProgress& progress);

  int image_size() const override { return image_size_; }
  int tokens() const override { return tokens_; }
  int width() const override { return width_; }
  std::string name() const override { return "mtmd"; }
  bool encode(const uint8_t* rgb, float* out, const OnLayer& on_layer) override;

 private:
  static bool on_eval(ggml_tensor* tensor, bool ask, void* data);

  std::unique_ptr<mtmd_context, void (*)(mtmd_context*)> context_;
  int image_size_ = 0;
  int tokens_ = 0;
  int width_ = 0;
  int layers_ = 0;
  // Of the running encode:
  const OnLayer* on_layer_ = nullptr;
  int layers_done_ = 0;
  bool stopped_ = false;
};

}  // namespace medgemma
