#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine.h"
#include "napi_setup.h"

namespace medgemma {

// JavaScript's side of one loaded model. See src/engine/native/addon.ts for the types.
class EngineBinding : public Napi::ObjectWrap<EngineBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit EngineBinding(const Napi::CallbackInfo& info);
  ~EngineBinding() override;

  static Napi::Object wrap(Napi::Env env, std::shared_ptr<Engine> engine);
  // loadEngine(options, onProgress) => {promise, cancel}
  static Napi::Value load(const Napi::CallbackInfo& info);

 private:
  Napi::Value info(const Napi::CallbackInfo& info);
  Napi::Value tokenize(const Napi::CallbackInfo& info);
  Napi::Value token_text(const Napi::CallbackInfo& info);
  Napi::Value encode(const Napi::CallbackInfo& info);
  Napi::Value generate(const Napi::CallbackInfo& info);
  Napi::Value score(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value steps(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);
  // Tokenises and submits off the JavaScript thread; the listener hears of the rest. Returns the function
  // that cancels.
  Napi::Value submit(const Napi::CallbackInfo& info, std::shared_ptr<Request> request,
                     std::vector<std::string> continuations, const Napi::Value& listener);
  // Throws when disposed.
  const std::shared_ptr<Engine>& engine(Napi::Env env) const;

  std::shared_ptr<Engine> engine_;
};

}  // namespace medgemma
