#include "engine.h"

#include <algorithm>
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

// A prompt is counted to its end while it has no more tokens than so many contexts, for the error to say how
// many are too many.
constexpr int kCountedContexts = 2;

void run_reading(const std::function<bool()>& stopped, const std::atomic<bool>& cancelled,
                 const std::function<void(const std::function<bool()>&)>& work,
                 const std::function<void(const EngineError&)>& failed) {
  try {
    if (stopped()) throw disposed();
    if (cancelled) throw aborted();
    work([&] { return cancelled || stopped(); });
  } catch (const EngineError& error) {
    failed(stopped() && !cancelled ? disposed() : error);
  } catch (const std::exception& error) {
    failed(EngineError("decode_failed", error.what()));
  }
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

  const uint64_t model_bytes = std::max(params.model_bytes, engine->model_facts_.bytes);
  LoadParts parts(progress, {model_bytes, engine->projector_facts_.bytes});
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

std::vector<Segment> Engine::tokenize_prompt(const std::vector<PromptPiece>& pieces,
                                             const TokenBounds& bounds) const {
  std::vector<Segment> segments;
  TokenBounds left = bounds;
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
    std::vector<llama_token> tokens;
    try {
      tokens = model_->tokenize(piece.text, piece.special, left);
    } catch (const TooManyTokens& error) {
      throw TooManyTokens{bounds.most - left.most + error.at_least};
    }
    left.most -= tokens.size();
    if (tokens.empty()) continue;
    if (segments.empty() || segments.back().image) segments.emplace_back();
    segments.back().tokens.insert(segments.back().tokens.end(), tokens.begin(), tokens.end());
  }
  if (segments.empty() || segments.back().image) {
    throw EngineError("bad_option", "A prompt must end with text.");
  }
  return segments;
}

void Engine::read(const std::vector<PromptPiece>& pieces, const std::vector<std::string>& continuations,
                  Request& request, const std::function<bool()>& stopped) const {
  const TokenBounds bounds{static_cast<size_t>(kCountedContexts) * context_size(), stopped};
  try {
    request.segments = tokenize_prompt(pieces, bounds);
    for (size_t i = 0; i < continuations.size(); ++i) {
      request.continuations[i] = model_->tokenize(continuations[i], /* special */ false, bounds);
      if (request.continuations[i].empty())
        throw EngineError("bad_option", "A continuation to score is empty.");
    }
  } catch (const TooManyTokens& error) {
    throw context_exceeded(error.at_least, context_size());
  }
}

void Engine::submit(std::shared_ptr<Request> request) {
  request->adapters = adapters_->resolve(std::move(request->adapters.parts));
  scheduler_->submit(std::move(request));
}

void Engine::ask(std::shared_ptr<Request> request, std::vector<PromptPiece> pieces,
                 std::vector<std::string> continuations) {
  size_t bytes = 0;
  for (const PromptPiece& piece : pieces) bytes += piece.text.size();
  for (const std::string& text : continuations) bytes += text.size();
  texts_.submit(bytes, [this, request, pieces = std::move(pieces),
                        continuations = std::move(continuations)](const std::function<bool()>& stopped) {
    run_reading(
        stopped, request->cancelled,
        [&](const std::function<bool()>& unwanted) {
          read(pieces, continuations, *request, unwanted);
          submit(request);
        },
        request->failed);
  });
}

void Engine::tokenize(std::shared_ptr<TokenizeJob> job) {
  texts_.submit(job->text.size(), [this, job](const std::function<bool()>& stopped) {
    run_reading(
        stopped, job->cancelled,
        [&](const std::function<bool()>& unwanted) {
          TokenBounds bounds;
          bounds.stopped = unwanted;
          job->done(model_->tokenize(job->text, job->special, bounds));
        },
        job->failed);
  });
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

void Engine::stop() {
  texts_.stop();
  if (encoder_) encoder_->stop();
  scheduler_->stop();
}

}  // namespace medgemma
