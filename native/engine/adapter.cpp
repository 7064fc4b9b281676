#include "adapter.h"

#include <algorithm>
#include <cmath>

#include "gguf_facts.h"
#include "log.h"
#include "siglip/gguf_file.h"

namespace medgemma {
namespace {

const char* const kA = ".lora_a";
const char* const kB = ".lora_b";

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

EngineError mismatch(const std::string& why) {
  return EngineError("adapter_mismatch", "The adapter does not fit the model: " + why + ".");
}

int64_t side(const siglip::TensorInfo& tensor, size_t axis) {
  return axis < tensor.shape.size() ? tensor.shape[axis] : 1;
}

// A is rank x columns and B rows x rank of the base's rows x columns (innermost first: columns, rows). The
// embedding's pair is stored the other way round, because its rows are looked up.
void check_pair(const siglip::GgufFile& file, const siglip::GgufFile& base, const std::string& name) {
  if (!base.has_tensor(name)) throw mismatch("the model has no tensor " + name);
  if (!file.has_tensor(name + kA) || !file.has_tensor(name + kB)) throw mismatch("half of a pair is missing");
  const siglip::TensorInfo a = file.tensor(name + kA);
  const siglip::TensorInfo b = file.tensor(name + kB);
  const siglip::TensorInfo weight = base.tensor(name);
  const bool embedding = ends_with(name, "token_embd.weight");
  const bool fits =
      embedding ? side(weight, 0) == side(b, 1) && side(weight, 1) == side(a, 1) && side(a, 0) == side(b, 0)
                : side(weight, 0) == side(a, 0) && side(weight, 1) == side(b, 1) && side(a, 1) == side(b, 0);
  if (!fits) throw mismatch("the shape of " + name + " is another one");
}

}  // namespace

void check_adapter(const std::string& path, const std::string& model_path) {
  // First without trust, for the errors with a name of damaged files.
  const GgufFacts facts = read_gguf_facts(path);
  try {
    const siglip::GgufFile file(path);
    const siglip::GgufFile base(model_path);
    if (file.string("general.type", "") != "adapter" || file.string("adapter.type", "") != "lora")
      throw mismatch("the file is no LoRA adapter");
    if (facts.architecture != "gemma3") {
      throw mismatch("its architecture is " +
                     (facts.architecture.empty() ? std::string("not named") : facts.architecture) +
                     ", not gemma3");
    }
    if (!std::isfinite(file.f32("adapter.lora.alpha"))) throw mismatch("its alpha is no number");
    if (file.has("adapter.alora.invocation_tokens"))
      throw mismatch("adapters that are switched on by words of the prompt (aLoRA) are not supported");
    int pairs = 0;
    for (const std::string& name : file.tensor_names()) {
      if (ends_with(name, kA) || ends_with(name, kB)) {
        check_pair(file, base, name.substr(0, name.size() - std::string(kA).size()));
        ++pairs;
      } else {
        // llama.cpp would pass over tuned norms in silence, and answer as nobody trained it to.
        throw mismatch("it also changes " + name + ", which is no pair of LoRA matrices");
      }
    }
    if (pairs == 0) throw mismatch("it has no LoRA matrices");
  } catch (const siglip::FileError& error) {
    throw EngineError("gguf_invalid", std::string("The adapter's file is damaged: ") + error.what() + ".");
  }
}

Adapters::Adapters(std::shared_ptr<Model> model, const std::string& model_path,
                   const std::vector<std::string>& paths)
    : model_(std::move(model)) {
  for (const std::string& path : paths) {
    check_adapter(path, model_path);
    clear_last_problem();
    llama_adapter_lora* adapter = llama_adapter_lora_init(model_->get(), path.c_str());
    if (adapter == nullptr) {
      throw EngineError("adapter_mismatch", "llama.cpp could not load the adapter: " + last_problem());
    }
    adapters_.push_back(adapter);
  }
}

AdapterMix Adapters::resolve(std::vector<AdapterMix::Part> parts) {
  AdapterMix mix;
  std::map<int, float> scales;
  for (const AdapterMix::Part& part : parts) {
    if (part.adapter < 0 || part.adapter >= count() || !std::isfinite(part.scale)) {
      throw EngineError("bad_option", "There is no such adapter, or its scale is no number.");
    }
    if (!scales.emplace(part.adapter, part.scale).second)
      throw EngineError("bad_option", "An adapter is named twice.");
  }
  std::vector<std::pair<int, float>> key;
  for (const auto& [adapter, scale] : scales) {
    if (scale == 0) continue;
    key.emplace_back(adapter, scale);
    mix.parts.push_back({adapter, scale});
  }
  if (key.empty()) return mix;
  std::lock_guard<std::mutex> lock(mutex_);
  mix.number = numbers_.emplace(key, static_cast<uint32_t>(numbers_.size() + 1)).first->second;
  return mix;
}

std::vector<llama_adapter_lora*> Adapters::pointers(const AdapterMix& mix) const {
  std::vector<llama_adapter_lora*> pointers;
  for (const AdapterMix::Part& part : mix.parts) pointers.push_back(adapters_[part.adapter]);
  return pointers;
}

}  // namespace medgemma
