#pragma once

#include <functional>
#include <utility>

#include "convert.h"
#include "javascript.h"
#include "napi_setup.h"

namespace medgemma {

// Short work on libuv's pool that settles a promise. `work` touches no JavaScript; `finish` runs on the
// JavaScript thread and makes the value.
template <typename Result>
class AsyncTask : public Napi::AsyncWorker {
 public:
  static Napi::Promise run(Napi::Env env, std::function<Result()> work,
                           std::function<Napi::Value(Napi::Env, Result&)> finish,
                           const Napi::Object& keep = {}) {
    auto* task = new AsyncTask(env, std::move(work), std::move(finish));
    if (!keep.IsEmpty()) task->keep_ = Napi::Persistent(keep);
    const Napi::Promise promise = task->deferred_.Promise();
    task->Queue();
    return promise;
  }

 private:
  AsyncTask(Napi::Env env, std::function<Result()> work,
            std::function<Napi::Value(Napi::Env, Result&)> finish)
      : Napi::AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        work_(std::move(work)),
        finish_(std::move(finish)) {}

  void Execute() override {
    try {
      result_ = work_();
    } catch (const EngineError& error) {
      error_ = error;
      SetError(error.what());
    } catch (const std::exception& error) {
      error_ = EngineError("decode_failed", error.what());
      SetError(error.what());
    }
  }
  void OnOK() override {
    settle([this] { deferred_.Resolve(finish_(Env(), result_)); });
  }
  void OnError(const Napi::Error&) override {
    settle([this] { deferred_.Reject(to_js(Env(), error_)); });
  }

  template <typename Settle>
  void settle(const Settle& how) {
    if (!can_run_javascript(Env())) return;
    try {
      how();
    } catch (const Napi::Error&) {
      if (can_run_javascript(Env())) throw;
    }
  }

  Napi::Promise::Deferred deferred_;
  Napi::ObjectReference keep_;  // what `work` reads while JavaScript may have let go of it
  std::function<Result()> work_;
  std::function<Napi::Value(Napi::Env, Result&)> finish_;
  Result result_{};
  EngineError error_{"", ""};
};

}  // namespace medgemma
