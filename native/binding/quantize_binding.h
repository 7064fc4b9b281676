#pragma once

#include "napi_setup.h"

namespace medgemma {

// quantizeTypes() => string[]
Napi::Value quantize_types_js(const Napi::CallbackInfo& info);

// quantize({input, output, type, threads}, onProgress) => {promise, cancel}, on a thread of its own.
Napi::Value quantize_js(const Napi::CallbackInfo& info);

}  // namespace medgemma
