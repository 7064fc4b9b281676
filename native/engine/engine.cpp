#include "engine.h"

#include <thread>

#include "load_parts.h"
#include "mtmd_vision_model.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace medgemma {
namespace {

// Reading a vocabulary of 262,144 words leaves many small free pieces that glibc would keep.
void give_back_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

std::shared_ptr<Engine> Engine::load(const LoadParams& params, const LoadProgress& progress) {
  std::shared_ptr<Engine> engine(new Engine);
  engine->threads_ = params.threads;
  engine->model_facts_ = read_gguf_facts(params.model_path);
  check_model(engine->model_facts_);
  const bool with_projector = !params.projector_path.empty();
  if (with_projector) {
    engine->projector_facts_ = read_gguf_facts(params.projector_path);
    check_projector(engine->projector_facts_, engine->model_facts_);
  }

  LoadParts parts(progress, {engine->model_facts_.bytes, engine->projector_facts_.bytes});
  VisionParams vision;
  vision.path = params.projector_path;
  vision.threads = params.threads;
  vision.device = params.projector_device;
  vision.encoder = params.encoder;
  std::unique_ptr<VisionModel> vision_model;
  std::thread beside;
  if (with_projector) {
    beside = std::thread([&] {
      parts.run(1, [&](const LoadProgress& part) { vision_model = load_own_vision_model(vision, part); });
    });
  }
  parts.run(0, [&](const LoadProgress& part) {
    engine->model_ = Model::load(params.model_path, params.gpu_layers, part, params.devices);
  });
  if (beside.joinable()) beside.join();
  parts.rethrow();
  // Of a model in several files the header knows its own tensors only.
  engine->model_facts_.parameters = llama_model_n_params(engine->model_->get());
  if (with_projector) {
    if (!vision_model) {
      parts.run(1, [&](const LoadProgress& part) {
        vision_model = std::make_unique<MtmdVisionModel>(vision, *engine->model_, part);
      });
      parts.rethrow();
    }
    engine->encoder_ = std::make_unique<Encoder>(std::move(vision_model));
  }
  engine->adapters_ = std::make_shared<Adapters>(engine->model_, params.model_path, params.adapters);
  SchedulerParams scheduler;
  scheduler.adapters = engine->adapters_;
  scheduler.context.size = params.context_size;
  scheduler.context.threads = params.threads;
  scheduler.context.parallel = params.parallel;
  scheduler.context.image_tokens = engine->image_tokens();
  scheduler.queue_size = params.queue_size;
  engine->scheduler_ = std::make_unique<Scheduler>(engine->model_, scheduler);
  give_back_memory();
  if (!progress(1)) throw aborted();
  return engine;
}

std::vector<Segment> Engine::tokenize_prompt(const std::vector<PromptPiece>& pieces) const {
  std::vector<Segment> segments;
  for (const PromptPiece& piece : pieces) {
    if (piece.image) {
      // llama.cpp reads as many numbers as its model is wide, whatever the embedding holds.
      if (piece.image->width != model_->embedding_width()) {
        throw EngineError(
            "projector_mismatch", "The picture's embedding is not as wide as the model.",
            {{"projectorWidth", piece.image->width}, {"modelWidth", model_->embedding_width()}});
      }
      segments.push_back({{}, piece.image});
      continue;
    }
    const std::vector<llama_token> tokens = model_->tokenize(piece.text, piece.special);
    if (tokens.empty()) continue;
    if (segments.empty() || segments.back().image) segments.emplace_back();
    segments.back().tokens.insert(segments.back().tokens.end(), tokens.begin(), tokens.end());
  }
  if (segments.empty() || segments.back().image) {
    throw EngineError("bad_option", "A prompt must end with text.");
  }
  return segments;
}

void Engine::encode(std::shared_ptr<EncodeJob> job) {
  if (!encoder_) throw EngineError("projector_missing", "This model was loaded without a projector.");
  encoder_->submit(std::move(job));
}

std::vector<StepClock::Step> Engine::steps() const {
  std::vector<StepClock::Step> steps = {scheduler_->step()};
  if (encoder_) steps.push_back(encoder_->step());
  return steps;
}

void Engine::submit(std::shared_ptr<Request> request) {
  request->adapters = adapters_->resolve(std::move(request->adapters.parts));
  scheduler_->submit(std::move(request));
}

void Engine::stop() {
  if (encoder_) encoder_->stop();
  scheduler_->stop();
}

}  // namespace medgemma
