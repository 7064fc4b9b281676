#pragma once

#include <functional>
#include <mutex>

#include "napi_setup.h"

namespace medgemma {

// Carries work from any thread to one environment's JavaScript thread. One per environment.
//
// The rules, each of which is a crash when broken:
//  - post() after close() drops the work: the environment is going away and may not be touched.
//  - What is posted owns no JavaScript reference (it may be destroyed on another thread); it names an entry
//  of the
//    environment's Pending registry instead.
//  - It keeps the process alive only while something is pending.
class Dispatcher {
 public:
  using Work = std::function<void(Napi::Env)>;

  explicit Dispatcher(Napi::Env env);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void post(Work work);          // any thread
  void keep_alive(bool needed);  // JavaScript thread
  void close();                  // JavaScript thread, while the environment is torn down
  void mute();                   // any thread: as close(), but leaves Node alone, while the process exits

 private:
  static void call(napi_env env, napi_value callback, void* context, void* data);

  napi_env env_;
  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;
  bool closed_ = false;
};

}  // namespace medgemma
