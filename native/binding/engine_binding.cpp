#include "engine_binding.h"

#include "addon_state.h"
#include "async_task.h"
#include "convert.h"
#include "embedding_binding.h"
#include "javascript.h"
#include "prefix.h"
#include "type_tags.h"

namespace medgemma {
namespace {

// What a call gives that can be stopped.
template <typename Cancel>
Napi::Object handle_of(Napi::Env env, const Napi::Promise& promise, Cancel cancel) {
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", promise);
  handle.Set("cancel", Napi::Function::New(env, [cancel](const Napi::CallbackInfo&) { cancel(); }));
  return handle;
}

}  // namespace

Napi::Function EngineBinding::define(Napi::Env env) {
  return DefineClass(
      env, "Engine",
      {InstanceMethod<&EngineBinding::info>("info"), InstanceMethod<&EngineBinding::tokenize>("tokenize"),
       InstanceMethod<&EngineBinding::token_text>("tokenText"),
       InstanceMethod<&EngineBinding::encode>("encode"), InstanceMethod<&EngineBinding::generate>("generate"),
       InstanceMethod<&EngineBinding::score>("score"), InstanceMethod<&EngineBinding::stats>("stats"),
       InstanceMethod<&EngineBinding::steps>("steps"), InstanceMethod<&EngineBinding::dispose>("dispose")});
}

EngineBinding::EngineBinding(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineBinding>(info) {
  info.This().As<Napi::Object>().TypeTag(&kEngineTag);
  if (info.Length() != 1 || !info[0].IsExternal()) {
    throw Napi::TypeError::New(info.Env(), "Engines are made by loadEngine.");
  }
  engine_ = *info[0].As<Napi::External<std::shared_ptr<Engine>>>().Data();
  AddonState::of(info.Env()).engines.insert(engine_);
}

EngineBinding::~EngineBinding() {
  if (engine_) engine_->stop();
}

Napi::Object EngineBinding::wrap(Napi::Env env, std::shared_ptr<Engine> engine) {
  return AddonState::of(env).engine_class.New({Napi::External<std::shared_ptr<Engine>>::New(env, &engine)});
}

const std::shared_ptr<Engine>& EngineBinding::engine(Napi::Env env) const {
  if (!engine_) throw Napi::Error(env, to_js(env, disposed()));
  return engine_;
}

Napi::Value EngineBinding::info(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Engine& loaded = *engine(env);
  Napi::Object object = Napi::Object::New(env);
  object.Set("model", to_js(env, loaded.model_facts()));
  object.Set("projector", loaded.has_projector() ? to_js(env, loaded.projector_facts()) : env.Undefined());
  object.Set("imageSize", loaded.image_size());
  object.Set("imageTokens", loaded.image_tokens());
  object.Set("encoder", loaded.encoder_name());
  object.Set("contextSize", loaded.context_size());
  object.Set("threads", loaded.threads());
  return object;
}

// tokenize(text, special) => {promise, cancel}
Napi::Value EngineBinding::tokenize(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Engine> loaded = engine(env);
  AddonState& state = AddonState::of(env);
  auto deferred = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = deferred->Promise();
  const uint64_t id = state.add_pending(
      {std::move(deferred), Napi::FunctionReference(), Napi::Persistent(info.This().As<Napi::Object>())});

  auto job = std::make_shared<TokenizeJob>();
  job->text = info[0].ToString();
  job->special = info[1].ToBoolean();
  job->done = [&state, id](std::vector<llama_token> tokens) {
    state.dispatcher.post([&state, id, tokens = std::move(tokens)](Napi::Env on) {
      const Pending pending = state.take_pending(id);
      if (!pending.deferred) return;
      Napi::Int32Array array = Napi::Int32Array::New(on, tokens.size());
      std::copy(tokens.begin(), tokens.end(), array.Data());
      pending.deferred->Resolve(array);
    });
  };
  job->failed = [&state, id](const EngineError& error) {
    state.dispatcher.post([&state, id, error](Napi::Env on) {
      const Pending pending = state.take_pending(id);
      if (pending.deferred) pending.deferred->Reject(to_js(on, error));
    });
  };
  loaded->tokenize(job);
  return handle_of(env, promise, [job] { job->cancelled = true; });
}

Napi::Value EngineBinding::token_text(const Napi::CallbackInfo& info) {
  const Model& model = engine(info.Env())->model();
  const int token = info[0].ToNumber().Int32Value();
  if (token < 0 || token >= model.vocabulary_size())
    throw Napi::RangeError::New(info.Env(), "No such token.");
  const std::string bytes = model.piece(token);
  return Napi::Buffer<char>::Copy(info.Env(), bytes.data(), bytes.size());
}

// encode(square, key, onProgress?) => {promise, cancel}
Napi::Value EngineBinding::encode(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Engine> loaded = engine(env);
  const Napi::Uint8Array pixels = info[0].As<Napi::Uint8Array>();
  const size_t expected = static_cast<size_t>(loaded->image_size()) * loaded->image_size() * 3;
  if (pixels.ElementLength() != expected)
    throw Napi::RangeError::New(env, "Expected the encoder's square in RGB.");

  AddonState& state = AddonState::of(env);
  auto deferred = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = deferred->Promise();
  const bool watched = info[2].IsFunction();
  const uint64_t id =
      state.add_pending({std::move(deferred),
                         watched ? Napi::Persistent(info[2].As<Napi::Function>()) : Napi::FunctionReference(),
                         Napi::Persistent(info.This().As<Napi::Object>())});

  auto job = std::make_shared<EncodeJob>();
  job->rgb.assign(pixels.Data(), pixels.Data() + expected);
  job->serial = picture_serial(info[1].ToString());
  if (watched) {
    job->progress = [&state, id](float share) {
      state.dispatcher.post([&state, id, share](Napi::Env on) {
        Pending* pending = state.find_pending(id);
        if (pending != nullptr) call_back(on, pending->callback, {Napi::Number::New(on, share)});
      });
    };
  }
  job->done = [&state, id](std::shared_ptr<const ImageEmbedding> embedding) {
    state.dispatcher.post([&state, id, embedding](Napi::Env on) {
      const Pending pending = state.take_pending(id);
      if (pending.deferred) pending.deferred->Resolve(EmbeddingBinding::wrap(on, embedding));
    });
  };
  job->failed = [&state, id](const EngineError& error) {
    state.dispatcher.post([&state, id, error](Napi::Env on) {
      const Pending pending = state.take_pending(id);
      if (pending.deferred) pending.deferred->Reject(to_js(on, error));
    });
  };
  try {
    loaded->encode(job);
  } catch (const EngineError& error) {
    job->failed(error);
  }
  return handle_of(env, promise, [job] { job->cancelled = true; });
}

// generate(parts, options, onEvent) => cancel. onEvent is called with ("token", text, logprobs), then once
// with
// ("done", result) or ("error", error).
Napi::Value EngineBinding::generate(const Napi::CallbackInfo& info) {
  auto request = std::make_shared<Request>();
  read_options(info[1].As<Napi::Object>(), *request);
  return submit(info, std::move(request), {}, info[2]);
}

// score(parts, continuations, options, onEvent) => cancel. onEvent is called once, with ("done", result) or
// ("error", error).
Napi::Value EngineBinding::score(const Napi::CallbackInfo& info) {
  const Napi::Array texts = info[1].As<Napi::Array>();
  std::vector<std::string> continuations;
  for (uint32_t i = 0; i < texts.Length(); ++i) continuations.push_back(texts.Get(i).ToString());
  auto request = std::make_shared<Request>();
  request->continuations.resize(continuations.size());
  read_options(info[2].As<Napi::Object>(), *request);
  return submit(info, std::move(request), std::move(continuations), info[3]);
}

Napi::Value EngineBinding::stats(const Napi::CallbackInfo& info) {
  return to_js(info.Env(), engine(info.Env())->stats());
}

// steps() => [{number, usual}], of each thread that computes.
Napi::Value EngineBinding::steps(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array list = Napi::Array::New(env);
  for (const StepClock::Step& step : engine(env)->steps()) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("number", static_cast<double>(step.number));
    entry.Set("usual", step.usual_ms);
    list.Set(list.Length(), entry);
  }
  return list;
}

Napi::Value EngineBinding::submit(const Napi::CallbackInfo& info, std::shared_ptr<Request> request,
                                  std::vector<std::string> continuations, const Napi::Value& listener) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Engine> loaded = engine(env);
  AddonState& state = AddonState::of(env);
  std::vector<PromptPiece> pieces = prompt_pieces(info[0].As<Napi::Array>());
  const uint64_t id = state.add_pending({nullptr, Napi::Persistent(listener.As<Napi::Function>()),
                                         Napi::Persistent(info.This().As<Napi::Object>())});

  request->token = [&state, id](const TokenEvent& event) {
    state.dispatcher.post([&state, id, event](Napi::Env on) {
      Pending* pending = state.find_pending(id);
      if (pending == nullptr) return;
      const Napi::Value logprobs = event.logprobs.empty() ? on.Undefined() : to_js(on, event.logprobs);
      call_back(on, pending->callback,
                {Napi::String::New(on, "token"), Napi::String::New(on, event.text), logprobs});
    });
  };
  request->done = [&state, id](const Result& result) {
    state.dispatcher.post([&state, id, result](Napi::Env on) {
      const Pending pending = state.take_pending(id);
      if (!pending.callback.IsEmpty())
        call_back(on, pending.callback, {Napi::String::New(on, "done"), to_js(on, result)});
    });
  };
  request->failed = [&state, id](const EngineError& error) {
    state.dispatcher.post([&state, id, error](Napi::Env on) {
      const Pending pending = state.take_pending(id);
      if (!pending.callback.IsEmpty())
        call_back(on, pending.callback, {Napi::String::New(on, "error"), to_js(on, error)});
    });
  };

  loaded->ask(request, std::move(pieces), std::move(continuations));

  const std::weak_ptr<Engine> weak_engine = loaded;
  return Napi::Function::New(env, [weak_engine, request](const Napi::CallbackInfo&) {
    if (const std::shared_ptr<Engine> alive = weak_engine.lock()) alive->cancel(*request);
  });
}

Napi::Value EngineBinding::dispose(const Napi::CallbackInfo& info) {
  std::shared_ptr<Engine> last = std::move(engine_);
  engine_.reset();
  AddonState::of(info.Env()).engines.erase(last);
  return AsyncTask<bool>::run(
      info.Env(),
      // Freeing gigabytes takes a while too, so the last owner lets go on the worker.
      [last]() mutable {
        if (last) last->stop();
        last.reset();
        return true;
      },
      [](Napi::Env env, bool&) -> Napi::Value { return env.Undefined(); });
}

}  // namespace medgemma
