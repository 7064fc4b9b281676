#include "siglip_encoder.h"

#include <algorithm>
#include <cmath>

#include "forward.h"
#include "weights.h"

namespace medgemma {

using namespace siglip;

struct SiglipEncoder::State {
  State(int threads, const Kernels& k) : kernels(k), pool(threads) {}

  const Kernels& kernels;
  ThreadPool pool;
  Shape shape;
  std::unique_ptr<Weights> weights;
};

SiglipEncoder::SiglipEncoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
SiglipEncoder::~SiglipEncoder() = default;

// MedGemma itself was trained in bfloat16, so its weights lose nothing by it, and at 4096 patches it halves
// the time. A small encoder is fast enough in float32, which is nearer to a float32 reference.
constexpr int kManyPatches = 1024;

std::unique_ptr<SiglipEncoder> SiglipEncoder::load(const std::string& mmproj_path,
                                                   const SiglipOptions& options, SiglipStatus* status,
                                                   std::string* message) {
  const auto end = [&](SiglipStatus s, const std::string& m) {
    if (status != nullptr) *status = s;
    if (message != nullptr) *message = m;
    return std::unique_ptr<SiglipEncoder>();
  };
  const Kernels* kernels = find_kernels(options.kernels);
  if (kernels == nullptr || (options.kernels.empty() && kernels == &kPortableKernels)) {
    return end(SiglipStatus::kUnsupported, "no kernels for this CPU");
  }
  try {
    const GgufFile file(mmproj_path);
    const Shape shape = read_shape(file);
    if (options.kernels.empty() && shape.patches() < kManyPatches) kernels = kernels->exact;
    auto state = std::make_unique<State>(std::max(1, options.threads), *kernels);
    state->shape = shape;
    state->weights = std::make_unique<Weights>(file, state->shape, *kernels, state->pool, options.progress);
    if (!state->weights->complete()) return end(SiglipStatus::kAborted, "loading was stopped");
    end(SiglipStatus::kOk, "");
    return std::unique_ptr<SiglipEncoder>(new SiglipEncoder(std::move(state)));
  } catch (const UnsupportedError& error) {
    return end(SiglipStatus::kUnsupported, error.what());
  } catch (const std::exception& error) {
    return end(SiglipStatus::kBadFile, error.what());
  }
}

int SiglipEncoder::tokens() const {
  return state_->shape.tokens();
}
int SiglipEncoder::width() const {
  return state_->shape.output_width;
}
int SiglipEncoder::image_size() const {
  return state_->shape.image_size;
}
const char* SiglipEncoder::kernels() const {
  return state_->kernels.name;
}

bool SiglipEncoder::encode(const uint8_t* rgb, float* out, const std::function<bool(int, int)>& on_layer) {
  Forward forward(state_->shape, *state_->weights, state_->kernels, state_->pool);
  forward.embed(rgb);
  for (int i = 0; i < state_->shape.layers; ++i) {
    forward.layer(i);
    if (on_layer && !on_layer(i + 1, state_->shape.layers)) return false;
  }
  forward.project(out);
  return true;
}

}  // namespace medgemma
