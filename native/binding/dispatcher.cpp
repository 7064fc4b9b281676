#include "dispatcher.h"

#include <memory>

#include "javascript.h"

namespace medgemma {

Dispatcher::Dispatcher(Napi::Env env) : env_(env) {
  const Napi::String name = Napi::String::New(env, "medgemma");
  const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, /* unbounded */ 0,
                                                             1, nullptr, nullptr, nullptr, call, &function_);
  if (status != napi_ok) throw Napi::Error::New(env, "Node refused a thread-safe function.");
  napi_unref_threadsafe_function(env, function_);
}

void Dispatcher::post(Work work) {
  auto data = std::make_unique<Work>(std::move(work));
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  if (napi_call_threadsafe_function(function_, data.get(), napi_tsfn_nonblocking) == napi_ok) data.release();
}

void Dispatcher::keep_alive(bool needed) {
  if (needed) {
    napi_ref_threadsafe_function(env_, function_);
  } else {
    napi_unref_threadsafe_function(env_, function_);
  }
}

void Dispatcher::close() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  closed_ = true;
  napi_release_threadsafe_function(function_, napi_tsfn_abort);
}

void Dispatcher::mute() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

void Dispatcher::call(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Work> work(static_cast<Work*>(data));
  if (env == nullptr || !can_run_javascript(env)) return;  // the environment goes: only free
  try {
    (*work)(Napi::Env(env));
  } catch (const Napi::Error& error) {
    try {
      napi_fatal_exception(env, error.Value());
    } catch (const Napi::Error&) {
      // The environment went meanwhile.
    }
  }
}

}  // namespace medgemma
