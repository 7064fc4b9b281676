#pragma once

#include <llama.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model.h"
#include "request.h"

namespace medgemma {

// A LoRA file that has been loaded beside the model; freed with the model.
class Adapters {
 public:
  // Throws EngineError: file_not_found, not_gguf, gguf_truncated, gguf_invalid, adapter_mismatch.
  Adapters(std::shared_ptr<Model> model, const std::string& model_path,
           const std::vector<std::string>& paths);

  int count() const { return static_cast<int>(adapters_.size()); }
  // Drops what has scale 0 and gives the mix its number: 0 for none, and the same for the same adapters and
  // scales. Throws bad_option for an adapter that there is not.
  AdapterMix resolve(std::vector<AdapterMix::Part> parts);
  // What llama_set_adapters_lora takes.
  std::vector<llama_adapter_lora*> pointers(const AdapterMix& mix) const;

 private:
  std::shared_ptr<Model> model_;
  std::vector<llama_adapter_lora*> adapters_;
  std::mutex mutex_;
  std::map<std::vector<std::pair<int, float>>, uint32_t> numbers_;
};

// Throws adapter_mismatch unless the file is a LoRA for this model: its kind, its architecture, the base's
// tensors by name and shape.
void check_adapter(const std::string& path, const std::string& model_path);

}  // namespace medgemma
