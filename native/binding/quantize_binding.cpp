#include "quantize_binding.h"

#include "addon_state.h"
#include "convert.h"
#include "javascript.h"
#include "quantize.h"

namespace medgemma {
namespace {

Napi::Array to_js(Napi::Env env, const std::vector<std::string>& texts) {
  Napi::Array array = Napi::Array::New(env, texts.size());
  for (size_t i = 0; i < texts.size(); ++i) array.Set(static_cast<uint32_t>(i), texts[i]);
  return array;
}

Napi::Object to_js(Napi::Env env, const QuantizeReport& report) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("bytes", static_cast<double>(report.bytes));
  object.Set("matrices", report.matrices);
  object.Set("fallbacks", report.fallbacks);
  object.Set("kept", to_js(env, report.kept));
  return object;
}

}  // namespace

Napi::Value quantize_types_js(const Napi::CallbackInfo& info) {
  return to_js(info.Env(), quantize_types());
}

Napi::Value quantize_js(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  AddonState& state = AddonState::of(env);
  const Napi::Object options = info[0].As<Napi::Object>();
  QuantizeParams params;
  params.input = options.Get("input").ToString();
  params.output = options.Get("output").ToString();
  params.type = options.Get("type").ToString();
  params.threads = options.Get("threads").ToNumber().Int32Value();

  auto deferred = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = deferred->Promise();
  const uint64_t id =
      state.add_pending({std::move(deferred), Napi::Persistent(info[1].As<Napi::Function>()), {}});
  auto task = std::make_shared<LoadTask>();
  state.loads[id] = task;
  AddonState::guard_exit();

  task->thread = std::thread([&state, id, params, cancelled = &task->cancelled] {
    const QuantizeProgress progress = [&](float value) {
      state.dispatcher.post([&state, id, value](Napi::Env on) {
        Pending* pending = state.find_pending(id);
        if (pending != nullptr) call_back(on, pending->callback, {Napi::Number::New(on, value)});
      });
      return !*cancelled;
    };
    QuantizeReport report;
    EngineError failure("", "");
    try {
      report = quantize(params, progress);
    } catch (const EngineError& error) {
      failure = error;
    } catch (const std::exception& error) {
      failure = EngineError("quantize_failed", error.what());
    }
    state.dispatcher.post([&state, id, report, failure](Napi::Env on) {
      const auto load = state.loads.find(id);
      if (load != state.loads.end()) {
        load->second->thread.join();
        state.loads.erase(load);
      }
      const Pending pending = state.take_pending(id);
      if (!pending.deferred) return;
      if (failure.code.empty()) {
        pending.deferred->Resolve(to_js(on, report));
      } else {
        pending.deferred->Reject(medgemma::to_js(on, failure));
      }
    });
  });

  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", promise);
  handle.Set("cancel",
             Napi::Function::New(env, [task](const Napi::CallbackInfo&) { task->cancelled = true; }));
  return handle;
}

}  // namespace medgemma
