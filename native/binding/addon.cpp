#include <mutex>

#ifdef __linux__
#include <sys/prctl.h>

#include <csignal>
#endif

#include "addon_state.h"
#include "async_task.h"
#include "backend.h"
#include "convert.h"
#include "embedding_binding.h"
#include "engine_binding.h"
#include "javascript.h"
#include "log.h"
#include "napi_setup.h"
#include "quantize_binding.h"
#include "resize.h"

namespace medgemma {
namespace {

// Of what JavaScript calls here. src/engine/native/addon.ts has the same, and refuses another build.
constexpr int kSurface = 1;

Napi::Value init_backend_js(const Napi::CallbackInfo& info) {
  try {
    init_backend(info[0].ToString());
  } catch (const EngineError& error) {
    throw Napi::Error(info.Env(), to_js(info.Env(), error));
  }
  return info.Env().Undefined();
}

// dieWithParent(): a process that is stopped sees no pipe close. Elsewhere than on Linux nothing does it.
Napi::Value die_with_parent(const Napi::CallbackInfo& info) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  return info.Env().Undefined();
}

Napi::Value versions(const Napi::CallbackInfo& info) {
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("medgemma", MEDGEMMA_VERSION);
  object.Set("llamaCpp", llama_version_string());
  object.Set("cpuFeatures", cpu_features());
  return object;
}

Napi::Value devices(const Napi::CallbackInfo& info) {
  Napi::Array array = Napi::Array::New(info.Env());
  for (const Device& device : list_devices()) {
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("name", device.name);
    object.Set("description", device.description);
    object.Set("type", device.type);
    object.Set("memoryFree", static_cast<double>(device.memory_free));
    object.Set("memoryTotal", static_cast<double>(device.memory_total));
    array.Set(array.Length(), object);
  }
  return array;
}

// loadBackend(file) => whether the system could load it
Napi::Value load_backend_js(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), load_backend(info[0].ToString()));
}

// setLogger(callback | null): whole lines with their level, on the JavaScript thread.
Napi::Value set_logger(const Napi::CallbackInfo& info) {
  AddonState& state = AddonState::of(info.Env());
  if (state.log_sink != 0) remove_log_sink(state.log_sink);
  state.log_sink = 0;
  state.logger.Reset();
  if (!info[0].IsFunction()) return info.Env().Undefined();
  state.logger = Napi::Persistent(info[0].As<Napi::Function>());
  state.log_sink = add_log_sink([&state](LogLevel level, const std::string& line) {
    state.dispatcher.post([&state, level, line](Napi::Env env) {
      static const char* kNames[] = {"debug", "info", "warning", "error"};
      if (state.logger.IsEmpty()) return;
      call_back(env, state.logger,
                {Napi::String::New(env, kNames[static_cast<int>(level)]), Napi::String::New(env, line)});
    });
  });
  return info.Env().Undefined();
}

Napi::Value gguf_facts(const Napi::CallbackInfo& info) {
  const std::string path = info[0].ToString();
  return AsyncTask<GgufFacts>::run(
      info.Env(), [path] { return read_gguf_facts(path); },
      [](Napi::Env env, GgufFacts& facts) -> Napi::Value { return to_js(env, facts); });
}

// resize(rgb, width, height, outWidth, outHeight) => Promise<Uint8Array>
Napi::Value resize(const Napi::CallbackInfo& info) {
  const Napi::Uint8Array pixels = info[0].As<Napi::Uint8Array>();
  const int width = info[1].ToNumber().Int32Value();
  const int height = info[2].ToNumber().Int32Value();
  const int out_width = info[3].ToNumber().Int32Value();
  const int out_height = info[4].ToNumber().Int32Value();
  if (width < 1 || height < 1 || pixels.ElementLength() != static_cast<size_t>(width) * height * 3) {
    throw Napi::RangeError::New(info.Env(), "Expected width * height * 3 bytes.");
  }
  const uint8_t* data = pixels.Data();  // kept alive by the task
  using Bytes = std::vector<uint8_t>;
  return AsyncTask<Bytes>::run(
      info.Env(), [=] { return resize_bilinear(data, width, height, out_width, out_height); },
      [](Napi::Env env, Bytes& bytes) -> Napi::Value {
        Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
        std::copy(bytes.begin(), bytes.end(), array.Data());
        return array;
      },
      pixels);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* state = new AddonState(env);  // freed with the environment's instance data
  state->engine_class = Napi::Persistent(EngineBinding::define(env));
  state->embedding_class = Napi::Persistent(EmbeddingBinding::define(env));
  exports.Set("surface", Napi::Number::New(env, kSurface));
  exports.Set("initBackend", Napi::Function::New<init_backend_js>(env));
  exports.Set("loadBackend", Napi::Function::New<load_backend_js>(env));
  exports.Set("dieWithParent", Napi::Function::New<die_with_parent>(env));
  exports.Set("versions", Napi::Function::New<versions>(env));
  exports.Set("devices", Napi::Function::New<devices>(env));
  exports.Set("setLogger", Napi::Function::New<set_logger>(env));
  exports.Set("ggufFacts", Napi::Function::New<gguf_facts>(env));
  exports.Set("resize", Napi::Function::New<resize>(env));
  exports.Set("loadEngine", Napi::Function::New<EngineBinding::load>(env));
  exports.Set("quantize", Napi::Function::New<quantize_js>(env));
  exports.Set("quantizeTypes", Napi::Function::New<quantize_types_js>(env));
  exports.Set("Embedding", state->embedding_class.Value());
  return exports;
}

}  // namespace
}  // namespace medgemma

// The macro wants a function of the global namespace.
static Napi::Object init_medgemma(Napi::Env env, Napi::Object exports) {
  return medgemma::init(env, exports);
}
NODE_API_MODULE(medgemma, init_medgemma)
