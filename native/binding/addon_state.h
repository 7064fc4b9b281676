#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "dispatcher.h"
#include "engine.h"
#include "napi_setup.h"

namespace medgemma {

// A call that has not ended: what it will settle, and whom it tells on the way.
struct Pending {
  std::unique_ptr<Napi::Promise::Deferred> deferred;
  Napi::FunctionReference callback;
  Napi::ObjectReference keep;  // the object whose method it is
};

// A model being loaded or quantised; see long_task.h.
struct LongTask {
  std::thread thread;
  std::atomic<bool> cancelled{false};
};

// Everything that belongs to one environment (the main thread or one worker). All but `dispatcher` is of the
// JavaScript thread.
class AddonState {
 public:
  explicit AddonState(Napi::Env env);
  static AddonState& of(Napi::Env env);

  // The id by which other threads name this call.
  uint64_t add_pending(Pending pending);
  Pending* find_pending(uint64_t id);
  // Removes and returns it; an empty one when it is gone already.
  Pending take_pending(uint64_t id);

  Dispatcher dispatcher;
  Napi::FunctionReference engine_class;
  Napi::FunctionReference embedding_class;
  Napi::FunctionReference logger;
  uint64_t log_sink = 0;
  std::map<uint64_t, std::shared_ptr<LongTask>> long_tasks;
  // Not their owners: one that JavaScript has forgotten is freed with its wrapper.
  std::set<std::weak_ptr<Engine>, std::owner_less<std::weak_ptr<Engine>>> engines;

  // process.exit() runs no clean-up hook on the main thread, but the destructors of the libraries that our
  // threads are computing with. Makes sure that those threads are stopped before any destructor of what has
  // been loaded or made up to now; called before and after each load.
  static void guard_exit();

 private:
  static void tear_down(AddonState* state);
  static void stop_all();
  void stop_threads();

  std::map<uint64_t, Pending> pending_;
  uint64_t next_id_ = 1;
};

}  // namespace medgemma
