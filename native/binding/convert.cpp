#include "convert.h"

#include "embedding_binding.h"

namespace medgemma {
namespace {

double number(const Napi::Object& object, const char* name) {
  return object.Get(name).ToNumber().DoubleValue();
}

}  // namespace

Napi::Value to_js(Napi::Env env, const EngineError& error) {
  Napi::Error value = Napi::Error::New(env, error.what());
  value.Set("code", error.code);
  Napi::Object facts = Napi::Object::New(env);
  for (const auto& [name, fact] : error.facts) facts.Set(name, fact);
  value.Set("facts", facts);
  return value.Value();
}

Napi::Object to_js(Napi::Env env, const GgufFacts& facts) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("architecture", facts.architecture);
  object.Set("name", facts.name);
  object.Set("quantization", facts.quantization);
  object.Set("bytes", static_cast<double>(facts.bytes));
  object.Set("tensors", static_cast<double>(facts.tensors));
  object.Set("parameters", static_cast<double>(facts.parameters));
  object.Set("contextLength", facts.context_length);
  object.Set("embeddingLength", facts.embedding_length);
  object.Set("blockCount", facts.block_count);
  object.Set("vocabularySize", facts.vocabulary_size);
  object.Set("projectorType", facts.projector_type);
  object.Set("imageSize", facts.image_size);
  object.Set("patchSize", facts.patch_size);
  object.Set("projectionDim", facts.projection_dim);
  return object;
}

Napi::Object to_js(Napi::Env env, const Result& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("finishReason", result.hit_limit ? "length" : "stop");
  object.Set("promptTokens", result.prompt_tokens);
  object.Set("imageTokens", result.image_tokens);
  object.Set("cachedTokens", result.cached_tokens);
  object.Set("completionTokens", result.completion_tokens);
  object.Set("queue", result.queue_ms);
  object.Set("prefill", result.prefill_ms);
  object.Set("decode", result.decode_ms);
  object.Set("firstToken", result.first_token_ms);
  Napi::Array scores = Napi::Array::New(env, result.scores.size());
  for (size_t i = 0; i < result.scores.size(); ++i)
    scores.Set(static_cast<uint32_t>(i), to_js(env, result.scores[i]));
  object.Set("scores", scores);
  return object;
}

Napi::Object to_js(Napi::Env env, const SchedulerStats& stats) {
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&object](const char* name, int64_t value) {
    object.Set(name, static_cast<double>(value));
  };
  set("running", stats.running);
  set("waiting", stats.waiting);
  set("completed", stats.completed);
  set("failed", stats.failed);
  set("cancelled", stats.cancelled);
  set("preempted", stats.preempted);
  set("promptTokens", stats.prompt_tokens);
  set("cachedTokens", stats.cached_tokens);
  set("completionTokens", stats.completion_tokens);
  set("prefixHits", stats.prefix_hits);
  set("prefixMisses", stats.prefix_misses);
  set("prefixEvictions", stats.prefix_evictions);
  set("parked", stats.parked);
  set("parkedCells", stats.parked_cells);
  return object;
}

Napi::Value to_js(Napi::Env env, const std::vector<TokenLogprob>& logprobs) {
  Napi::Array array = Napi::Array::New(env, logprobs.size());
  for (size_t i = 0; i < logprobs.size(); ++i) {
    Napi::Array pair = Napi::Array::New(env, 2);
    pair.Set(0u, logprobs[i].token);
    pair.Set(1u, logprobs[i].logprob);
    array.Set(static_cast<uint32_t>(i), pair);
  }
  return array;
}

void read_options(const Napi::Object& object, Request& request) {
  request.batch = object.Get("batch").ToBoolean();
  request.deterministic = object.Get("deterministic").ToBoolean();
  const bool adapted = object.Get("adapters").IsArray();
  const Napi::Array adapters =
      adapted ? object.Get("adapters").As<Napi::Array>() : Napi::Array::New(object.Env());
  for (uint32_t i = 0; i < adapters.Length(); ++i) {
    const Napi::Object part = adapters.Get(i).As<Napi::Object>();
    request.adapters.parts.push_back(
        {static_cast<int>(number(part, "adapter")), static_cast<float>(number(part, "scale"))});
  }
  if (request.scores()) return;
  GenerateOptions& options = request.options;
  options.sampling.temperature = static_cast<float>(number(object, "temperature"));
  options.sampling.top_k = static_cast<int>(number(object, "topK"));
  options.sampling.top_p = static_cast<float>(number(object, "topP"));
  options.sampling.min_p = static_cast<float>(number(object, "minP"));
  options.sampling.repeat_penalty = static_cast<float>(number(object, "repeatPenalty"));
  options.sampling.seed = static_cast<uint32_t>(number(object, "seed"));
  options.max_tokens = static_cast<int>(number(object, "maxTokens"));
  options.clamp_max_tokens = object.Get("clampMaxTokens").ToBoolean();
  options.logprobs = static_cast<int>(number(object, "logprobs"));
  const Napi::Array stop = object.Get("stop").As<Napi::Array>();
  for (uint32_t i = 0; i < stop.Length(); ++i) options.stop.push_back(stop.Get(i).ToString());
  options.sampling.grammar = object.Get("grammar").ToString();
}

std::vector<PromptPiece> prompt_pieces(const Napi::Array& parts) {
  std::vector<PromptPiece> pieces;
  for (uint32_t i = 0; i < parts.Length(); ++i) {
    const Napi::Object part = parts.Get(i).As<Napi::Object>();
    PromptPiece piece;
    if (part.Has("embedding")) {
      piece.image = EmbeddingBinding::unwrap(part.Get("embedding"));
    } else {
      piece.text = part.Get("text").ToString().Utf8Value();
      piece.special = part.Get("special").ToBoolean();
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace medgemma
