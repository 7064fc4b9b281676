// EngineBinding::load: a model is loaded on a thread of its own.

#include "addon_state.h"
#include "convert.h"
#include "engine_binding.h"
#include "javascript.h"

namespace medgemma {

Napi::Value EngineBinding::load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  AddonState& state = AddonState::of(env);
  const Napi::Object options = info[0].As<Napi::Object>();
  LoadParams params;
  params.model_path = options.Get("model").ToString();
  params.projector_path = options.Get("projector").ToString();
  params.context_size = options.Get("contextSize").ToNumber().Int32Value();
  params.threads = options.Get("threads").ToNumber().Int32Value();
  params.gpu_layers = options.Get("gpuLayers").ToNumber().Int32Value();
  if (options.Has("gpu")) params.gpu = options.Get("gpu").ToString();
  if (options.Has("projectorOnGpu")) params.projector_on_gpu = options.Get("projectorOnGpu").ToBoolean();
  params.parallel = options.Get("parallel").ToNumber().Int32Value();
  params.queue_size = options.Get("queueSize").ToNumber().Int32Value();
  const bool adapted = options.Get("adapters").IsArray();
  const Napi::Array adapters = adapted ? options.Get("adapters").As<Napi::Array>() : Napi::Array::New(env);
  for (uint32_t i = 0; i < adapters.Length(); ++i) params.adapters.push_back(adapters.Get(i).ToString());
  params.encoder = options.Get("encoder").ToString();

  auto deferred = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = deferred->Promise();
  const uint64_t id =
      state.add_pending({std::move(deferred), Napi::Persistent(info[1].As<Napi::Function>()), {}});
  auto task = std::make_shared<LoadTask>();
  state.loads[id] = task;
  AddonState::guard_exit();

  const auto settle = [&state, id](Napi::Env, const std::function<void(Napi::Promise::Deferred&)>& finish) {
    const auto load = state.loads.find(id);
    if (load != state.loads.end()) {
      load->second->thread.join();
      state.loads.erase(load);
      AddonState::guard_exit();
    }
    const Pending pending = state.take_pending(id);
    if (pending.deferred) finish(*pending.deferred);
  };
  task->thread = std::thread([&state, id, params, cancelled = &task->cancelled, settle] {
    float reported = -1;
    const LoadProgress progress = [&](float value) {
      if (value - reported >= 0.01f || value >= 1) {
        reported = value;
        state.dispatcher.post([&state, id, value](Napi::Env on) {
          Pending* pending = state.find_pending(id);
          if (pending != nullptr) call_back(on, pending->callback, {Napi::Number::New(on, value)});
        });
      }
      return !*cancelled;
    };
    std::shared_ptr<Engine> engine;
    EngineError failure("", "");
    try {
      engine = Engine::load(params, progress);
    } catch (const EngineError& error) {
      failure = error;
    } catch (const std::exception& error) {
      failure = EngineError("model_load_failed", error.what());
    }
    state.dispatcher.post([settle, engine, failure](Napi::Env on) {
      settle(on, [&](Napi::Promise::Deferred& promise) {
        if (engine) {
          promise.Resolve(EngineBinding::wrap(on, engine));
        } else {
          promise.Reject(to_js(on, failure));
        }
      });
    });
  });

  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", promise);
  handle.Set("cancel",
             Napi::Function::New(env, [task](const Napi::CallbackInfo&) { task->cancelled = true; }));
  return handle;
}

}  // namespace medgemma
