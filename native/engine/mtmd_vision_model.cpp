#include "mtmd_vision_model.h"

#include <ggml.h>
#include <mtmd.h>

#include <algorithm>
#include <cstring>

#include "backend.h"
#include "errors.h"
#include "gguf_facts.h"
#include "log.h"

namespace medgemma {
namespace {

// Runs mtmd's preprocessing of one picture of the encoder's own size (mtmd copies such a picture unchanged).
// Null pixels give a placeholder that only counts tokens.
mtmd::input_chunks_ptr make_chunks(mtmd_context* context, int image_size, const uint8_t* rgb) {
  mtmd::bitmap bitmap(mtmd_bitmap_init(image_size, image_size, rgb));
  mtmd::input_chunks_ptr chunks(mtmd_input_chunks_init());
  mtmd_input_part part = {nullptr, bitmap.ptr.get()};
  const mtmd_input_part* parts[] = {&part};
  if (mtmd_tokenize_from_parts(context, chunks.get(), parts, 1, /* add_special */ false) != 0) {
    throw EngineError("encode_failed", "mtmd could not prepare the picture: " + last_problem());
  }
  return chunks;
}

const mtmd_input_chunk* image_chunk(const mtmd::input_chunks_ptr& chunks) {
  for (size_t i = 0; i < mtmd_input_chunks_size(chunks.get()); ++i) {
    const mtmd_input_chunk* chunk = mtmd_input_chunks_get(chunks.get(), i);
    if (mtmd_input_chunk_get_type(chunk) == MTMD_INPUT_CHUNK_TYPE_IMAGE) return chunk;
  }
  throw EngineError("encode_failed", "mtmd made no picture of the pixels.");
}

}  // namespace

MtmdVisionModel::MtmdVisionModel(const VisionParams& vision, const Model& model, const LoadProgress& progress)
    : context_(nullptr, mtmd_free), width_(model.embedding_width()) {
  struct Watch {
    const LoadProgress& report;
    bool stopped = false;
  } watch{progress};

  mtmd_context_params params = mtmd_context_params_default();
  params.use_gpu = !vision.device.empty();
  if (params.use_gpu) params.device = find_device(vision.device);
  params.n_threads = vision.threads;
  params.print_timings = false;
  // Builds the graph and reserves its memory: a projector of a wrong shape shows now, not at the first
  // picture.
  params.warmup = true;
  params.cb_eval = on_eval;
  params.cb_eval_user_data = this;
  params.progress_callback = [](float value, void* data) {
    auto* state = static_cast<Watch*>(data);
    state->stopped = state->stopped || !state->report(value);
    return !state->stopped;
  };
  params.progress_callback_user_data = &watch;

  clear_last_problem();
  context_.reset(mtmd_init_from_file(vision.path.c_str(), model.get(), params));
  if (!context_) {
    if (watch.stopped) throw aborted();
    throw EngineError("model_load_failed", "llama.cpp could not load the projector: " + last_problem());
  }
  const GgufFacts facts = read_gguf_facts(vision.path);
  image_size_ = static_cast<int>(facts.image_size);
  layers_ = std::max(1, static_cast<int>(facts.block_count));
  const mtmd::input_chunks_ptr chunks = make_chunks(context_.get(), image_size_, nullptr);
  tokens_ = static_cast<int>(mtmd_input_chunk_get_n_tokens(image_chunk(chunks)));
}

// The graph's scheduler asks before each node whether we want to look at it; it computes all nodes up to one
// we do want in one go. Asking for each layer's last node costs nothing and lets a picture be given up
// between layers.
bool MtmdVisionModel::on_eval(ggml_tensor* tensor, bool ask, void* data) {
  auto* self = static_cast<MtmdVisionModel*>(data);
  if (ask) return std::strncmp(tensor->name, "layer_out", 9) == 0;
  self->layers_done_ = std::min(self->layers_done_ + 1, self->layers_);
  // Returning false ends the graph, and mtmd still reports success: encode() asks this flag.
  if (self->on_layer_ != nullptr && *self->on_layer_)
    self->stopped_ = !(*self->on_layer_)(self->layers_done_, self->layers_);
  return !self->stopped_;
}

bool MtmdVisionModel::encode(const uint8_t* rgb, float* out, const OnLayer& on_layer) {
  const mtmd::input_chunks_ptr chunks = make_chunks(context_.get(), image_size_, rgb);
  const mtmd_input_chunk* chunk = image_chunk(chunks);
  on_layer_ = &on_layer;
  layers_done_ = 0;
  stopped_ = false;
  const int32_t result = mtmd_encode_chunk(context_.get(), chunk);
  on_layer_ = nullptr;
  if (stopped_) return false;
  if (result != 0) throw EngineError("encode_failed", "mtmd failed to encode the picture: " + last_problem());
  // The output belongs to the context and is overwritten by the next picture.
  std::memcpy(out, mtmd_get_output_embd(context_.get()), sizeof(float) * tokens_ * width_);
  return true;
}

}  // namespace medgemma
