#pragma once

#include <initializer_list>

#include "napi_setup.h"

namespace medgemma {

// False in an environment that is being torn down (a worker that is terminated). A failing call of Node-API's
// C++ wrapper ends the whole process there, for it cannot make an error object of the termination.
bool can_run_javascript(napi_env env);

// Calls back into JavaScript, past the wrapper for the same reason. What the callback throws is an uncaught
// exception.
void call_back(napi_env env, const Napi::FunctionReference& callback,
               std::initializer_list<napi_value> values);

}  // namespace medgemma
