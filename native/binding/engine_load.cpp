// EngineBinding::load: a model is loaded on a thread of its own.

#include "engine_binding.h"
#include "long_task.h"

namespace medgemma {
namespace {

// Empty for what is no list.
std::vector<std::string> strings(const Napi::Value& value) {
  std::vector<std::string> list;
  if (!value.IsArray()) return list;
  const Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) list.push_back(array.Get(i).ToString());
  return list;
}

}  // namespace

Napi::Value EngineBinding::load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object options = info[0].As<Napi::Object>();
  LoadParams params;
  params.model_path = options.Get("model").ToString();
  if (options.Has("modelBytes"))
    params.model_bytes = static_cast<uint64_t>(options.Get("modelBytes").ToNumber().Int64Value());
  params.projector_path = options.Get("projector").ToString();
  params.context_size = options.Get("contextSize").ToNumber().Int32Value();
  params.threads = options.Get("threads").ToNumber().Int32Value();
  params.gpu_layers = options.Get("gpuLayers").ToNumber().Int32Value();
  params.parallel = options.Get("parallel").ToNumber().Int32Value();
  params.queue_size = options.Get("queueSize").ToNumber().Int32Value();
  params.devices = strings(options.Get("devices"));
  params.adapters = strings(options.Get("adapters"));
  if (options.Has("projectorDevice")) params.projector_device = options.Get("projectorDevice").ToString();
  params.encoder = options.Get("encoder").ToString();

  return run_long_task<std::shared_ptr<Engine>>(
      env, info[1].As<Napi::Function>(), "model_load_failed",
      [params](const LoadProgress& progress) { return Engine::load(params, progress); },
      [](Napi::Env on, std::shared_ptr<Engine>& engine) {
        return EngineBinding::wrap(on, std::move(engine));
      });
}

}  // namespace medgemma
