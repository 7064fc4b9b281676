#include "javascript.h"

namespace medgemma {
namespace {

// Takes what was thrown off the environment; null when nothing that can be handed on was.
napi_value take_exception(napi_env env) {
  bool pending = false;
  napi_value exception = nullptr;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return nullptr;
  return napi_get_and_clear_last_exception(env, &exception) == napi_ok ? exception : nullptr;
}

}  // namespace

bool can_run_javascript(napi_env env) {
  // Any call that enters JavaScript's engine tells; this one changes nothing that anybody sees.
  napi_value scratch = nullptr;
  napi_value value = nullptr;
  if (napi_create_object(env, &scratch) == napi_ok && napi_get_boolean(env, true, &value) == napi_ok &&
      napi_set_named_property(env, scratch, "alive", value) == napi_ok) {
    return true;
  }
  take_exception(env);
  return false;
}

void call_back(napi_env env, const Napi::FunctionReference& callback,
               std::initializer_list<napi_value> values) {
  napi_value receiver = nullptr;
  napi_value result = nullptr;
  if (napi_get_undefined(env, &receiver) != napi_ok) return;
  const napi_status status =
      napi_call_function(env, receiver, callback.Value(), values.size(), values.begin(), &result);
  if (status == napi_ok) return;
  napi_value exception = take_exception(env);
  // Refused by an environment that is being torn down, and rightly so.
  if (exception != nullptr) napi_fatal_exception(env, exception);
}

}  // namespace medgemma
