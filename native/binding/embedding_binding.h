#pragma once

#include <memory>

#include "image_embedding.h"
#include "napi_setup.h"

namespace medgemma {

// A picture's embedding, held natively so that it is not copied for each question about it.
class EmbeddingBinding : public Napi::ObjectWrap<EmbeddingBinding> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit EmbeddingBinding(const Napi::CallbackInfo& info);  // (values: Float32Array, tokens, width, key)

  static Napi::Object wrap(Napi::Env env, std::shared_ptr<const ImageEmbedding> embedding);
  // Throws a TypeError for any other value.
  static std::shared_ptr<const ImageEmbedding> unwrap(const Napi::Value& value);

 private:
  Napi::Value tokens(const Napi::CallbackInfo& info);
  Napi::Value width(const Napi::CallbackInfo& info);
  Napi::Value values(const Napi::CallbackInfo& info);

  std::shared_ptr<const ImageEmbedding> embedding_;
};

}  // namespace medgemma
