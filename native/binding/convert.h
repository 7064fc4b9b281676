#pragma once

#include <string>
#include <vector>

#include "errors.h"
#include "gguf_facts.h"
#include "napi_setup.h"
#include "request.h"
#include "stats.h"

namespace medgemma {

// Plain structs to JavaScript objects and back. Option objects come from src/engine/native, which has
// validated and completed them: every field is there.
Napi::Value to_js(Napi::Env env, const EngineError& error);
Napi::Object to_js(Napi::Env env, const GgufFacts& facts);
Napi::Object to_js(Napi::Env env, const Result& result);
Napi::Value to_js(Napi::Env env, const std::vector<TokenLogprob>& logprobs);
Napi::Object to_js(Napi::Env env, const SchedulerStats& stats);
void read_options(const Napi::Object& object, Request& request);
std::vector<PromptPiece> prompt_pieces(const Napi::Array& parts);

}  // namespace medgemma
