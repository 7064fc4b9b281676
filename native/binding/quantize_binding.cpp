#include "quantize_binding.h"

#include "long_task.h"
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
  const Napi::Object options = info[0].As<Napi::Object>();
  QuantizeParams params;
  params.input = options.Get("input").ToString();
  params.output = options.Get("output").ToString();
  params.type = options.Get("type").ToString();
  params.threads = options.Get("threads").ToNumber().Int32Value();

  return run_long_task<QuantizeReport>(
      env, info[1].As<Napi::Function>(), "quantize_failed",
      [params](const QuantizeProgress& progress) { return quantize(params, progress); },
      [](Napi::Env on, QuantizeReport& report) -> Napi::Value { return to_js(on, report); });
}

}  // namespace medgemma
