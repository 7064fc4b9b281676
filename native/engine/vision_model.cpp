#include "vision_model.h"

#include "errors.h"
#include "siglip/siglip_encoder.h"

namespace medgemma {
namespace {

class OwnVisionModel : public VisionModel {
 public:
  explicit OwnVisionModel(std::unique_ptr<SiglipEncoder> encoder) : encoder_(std::move(encoder)) {}
  int image_size() const override { return encoder_->image_size(); }
  int tokens() const override { return encoder_->tokens(); }
  int width() const override { return encoder_->width(); }
  std::string name() const override { return std::string("siglip-") + encoder_->kernels(); }
  bool encode(const uint8_t* rgb, float* out, const OnLayer& on_layer) override {
    return encoder_->encode(rgb, out, on_layer);
  }

 private:
  std::unique_ptr<SiglipEncoder> encoder_;
};

}  // namespace

std::unique_ptr<VisionModel> load_own_vision_model(const VisionParams& params, const LoadProgress& progress) {
  const bool gpu = !params.device.empty();
  if (params.encoder == "mtmd" || (gpu && params.encoder == "auto")) return nullptr;
  SiglipOptions options;
  options.threads = params.threads;
  options.kernels = params.encoder == "auto" ? "" : params.encoder;
  options.progress = progress;
  SiglipStatus status = SiglipStatus::kOk;
  std::string message;
  auto encoder = SiglipEncoder::load(params.path, options, &status, &message);
  if (encoder) return std::make_unique<OwnVisionModel>(std::move(encoder));
  if (status == SiglipStatus::kAborted) throw aborted();
  if (status == SiglipStatus::kUnsupported && params.encoder == "auto") return nullptr;
  throw EngineError("model_load_failed", "The projector cannot be loaded: " + message);
}

}  // namespace medgemma
