#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "addon_state.h"
#include "convert.h"
#include "javascript.h"

namespace medgemma {

// Work of seconds or minutes on a thread of its own (libuv's four are for short work). `work` touches no
// JavaScript; what it is called with tells the share done, 0..1, and gives false when it shall stop. `finish`
// runs on the JavaScript thread and makes the promise's value. `failure` is the code of what is thrown
// without one. Returns {promise, cancel}.
template <typename Result>
Napi::Object run_long_task(Napi::Env env, const Napi::Function& on_progress, const std::string& failure,
                           std::function<Result(const std::function<bool(float)>&)> work,
                           std::function<Napi::Value(Napi::Env, Result&)> finish) {
  AddonState& state = AddonState::of(env);
  auto deferred = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = deferred->Promise();
  const uint64_t id = state.add_pending({std::move(deferred), Napi::Persistent(on_progress), {}});
  auto task = std::make_shared<LongTask>();
  state.long_tasks[id] = task;
  AddonState::guard_exit();

  task->thread = std::thread([&state, id, failure, work, finish, cancelled = &task->cancelled] {
    float reported = -1;
    const std::function<bool(float)> progress = [&](float value) {
      if (value - reported >= 0.01f || value >= 1) {
        reported = value;
        state.dispatcher.post([&state, id, value](Napi::Env on) {
          Pending* pending = state.find_pending(id);
          if (pending != nullptr) call_back(on, pending->callback, {Napi::Number::New(on, value)});
        });
      }
      return !*cancelled;
    };
    auto result = std::make_shared<Result>();
    EngineError problem("", "");
    try {
      *result = work(progress);
    } catch (const EngineError& error) {
      problem = error;
    } catch (const std::exception& error) {
      problem = EngineError(failure, error.what());
    }
    state.dispatcher.post([&state, id, result, problem, finish](Napi::Env on) {
      const auto ended = state.long_tasks.find(id);
      if (ended != state.long_tasks.end()) {
        ended->second->thread.join();
        state.long_tasks.erase(ended);
        AddonState::guard_exit();
      }
      const Pending pending = state.take_pending(id);
      if (!pending.deferred) return;
      if (problem.code.empty()) {
        pending.deferred->Resolve(finish(on, *result));
      } else {
        pending.deferred->Reject(to_js(on, problem));
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
