#include "embedding_binding.h"

#include <cstring>

#include "addon_state.h"
#include "prefix.h"
#include "type_tags.h"

namespace medgemma {

Napi::Function EmbeddingBinding::define(Napi::Env env) {
  return DefineClass(env, "Embedding",
                     {InstanceAccessor<&EmbeddingBinding::tokens>("tokens"),
                      InstanceAccessor<&EmbeddingBinding::width>("width"),
                      InstanceMethod<&EmbeddingBinding::values>("values")});
}

EmbeddingBinding::EmbeddingBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<EmbeddingBinding>(info) {
  info.This().As<Napi::Object>().TypeTag(&kEmbeddingTag);
  if (info.Length() == 1 && info[0].IsExternal()) {
    embedding_ = *info[0].As<Napi::External<std::shared_ptr<const ImageEmbedding>>>().Data();
    return;
  }
  if (info.Length() != 4 || !info[0].IsTypedArray() ||
      info[0].As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
    throw Napi::TypeError::New(info.Env(), "Expected (Float32Array, tokens, width, key).");
  }
  const Napi::Float32Array values = info[0].As<Napi::Float32Array>();
  auto embedding = std::make_shared<ImageEmbedding>();
  embedding->tokens = info[1].ToNumber().Int32Value();
  embedding->width = info[2].ToNumber().Int32Value();
  if (embedding->tokens <= 0 || embedding->width <= 0 ||
      values.ElementLength() != static_cast<size_t>(embedding->tokens) * embedding->width) {
    throw Napi::RangeError::New(info.Env(), "An embedding has tokens * width values.");
  }
  embedding->serial = picture_serial(info[3].ToString());
  embedding->values.assign(values.Data(), values.Data() + values.ElementLength());
  embedding_ = std::move(embedding);
}

Napi::Object EmbeddingBinding::wrap(Napi::Env env, std::shared_ptr<const ImageEmbedding> embedding) {
  return AddonState::of(env).embedding_class.New(
      {Napi::External<std::shared_ptr<const ImageEmbedding>>::New(env, &embedding)});
}

std::shared_ptr<const ImageEmbedding> EmbeddingBinding::unwrap(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kEmbeddingTag)) {
    throw Napi::TypeError::New(value.Env(), "Expected an embedding of this addon.");
  }
  return Unwrap(value.As<Napi::Object>())->embedding_;
}

Napi::Value EmbeddingBinding::tokens(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), embedding_->tokens);
}
Napi::Value EmbeddingBinding::width(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), embedding_->width);
}

Napi::Value EmbeddingBinding::values(const Napi::CallbackInfo& info) {
  Napi::Float32Array array = Napi::Float32Array::New(info.Env(), embedding_->values.size());
  std::memcpy(array.Data(), embedding_->values.data(), embedding_->values.size() * sizeof(float));
  return array;
}

}  // namespace medgemma
