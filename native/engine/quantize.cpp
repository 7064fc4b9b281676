#include "quantize.h"

#include <ggml.h>
#include <llama.h>

#include <cstdio>
#include <exception>

#include "errors.h"
#include "gguf_facts.h"
#include "log.h"
#include "siglip/gguf_file.h"

namespace medgemma {
namespace {

struct Type {
  const char* name;
  llama_ftype ftype;
  ggml_type weights;  // of most matrices
};

// Without those that need an importance matrix: without one their answers are garbage.
const Type kTypes[] = {
    {"Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0, GGML_TYPE_Q4_0},
    {"Q4_1", LLAMA_FTYPE_MOSTLY_Q4_1, GGML_TYPE_Q4_1},
    {"Q5_0", LLAMA_FTYPE_MOSTLY_Q5_0, GGML_TYPE_Q5_0},
    {"Q5_1", LLAMA_FTYPE_MOSTLY_Q5_1, GGML_TYPE_Q5_1},
    {"Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0, GGML_TYPE_Q8_0},
    {"IQ4_NL", LLAMA_FTYPE_MOSTLY_IQ4_NL, GGML_TYPE_IQ4_NL},
    {"IQ4_XS", LLAMA_FTYPE_MOSTLY_IQ4_XS, GGML_TYPE_IQ4_XS},
    {"Q3_K_S", LLAMA_FTYPE_MOSTLY_Q3_K_S, GGML_TYPE_Q3_K},
    {"Q3_K_M", LLAMA_FTYPE_MOSTLY_Q3_K_M, GGML_TYPE_Q3_K},
    {"Q3_K_L", LLAMA_FTYPE_MOSTLY_Q3_K_L, GGML_TYPE_Q3_K},
    {"Q4_K_S", LLAMA_FTYPE_MOSTLY_Q4_K_S, GGML_TYPE_Q4_K},
    {"Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M, GGML_TYPE_Q4_K},
    {"Q5_K_S", LLAMA_FTYPE_MOSTLY_Q5_K_S, GGML_TYPE_Q5_K},
    {"Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M, GGML_TYPE_Q5_K},
    {"Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K, GGML_TYPE_Q6_K},
    {"F16", LLAMA_FTYPE_MOSTLY_F16, GGML_TYPE_F16},
    {"BF16", LLAMA_FTYPE_MOSTLY_BF16, GGML_TYPE_BF16},
    {"F32", LLAMA_FTYPE_ALL_F32, GGML_TYPE_F32},
};

const Type& type_named(const std::string& name) {
  for (const Type& type : kTypes) {
    if (name == type.name) return type;
  }
  throw EngineError("quantize_unsupported", "There is no such type, or it needs an importance matrix.");
}

// llama.cpp's graph of the projector transposes it, which blocks of numbers do not stand.
const char* const kProjection = "mm.input_projection.weight";

bool is_matrix(const siglip::TensorInfo& tensor) {
  return tensor.shape.size() == 2 && tensor.name.find("norm") == std::string::npos &&
         tensor.name.find("position_embd") == std::string::npos && tensor.name != kProjection;
}

// For projectors. llama.cpp chooses the type of values by the text model's heads for these two types, and
// aborts where there are none; a type that is given is not chosen.
std::vector<llama_model_tensor_override> overrides_of(const Type& type) {
  std::vector<llama_model_tensor_override> overrides{{"mm\\.input_projection\\.weight", GGML_TYPE_F16}};
  const bool asks_for_heads =
      type.ftype == LLAMA_FTYPE_MOSTLY_IQ4_NL || type.ftype == LLAMA_FTYPE_MOSTLY_IQ4_XS;
  if (asks_for_heads) overrides.push_back({"\\.attn_v\\.weight", type.weights});
  overrides.push_back({nullptr, GGML_TYPE_COUNT});
  return overrides;
}

QuantizeReport survey(const std::string& path, const Type& type, const GgufFacts& facts) {
  QuantizeReport report;
  try {
    const siglip::GgufFile file(path);
    if (file.string("general.type", "") == "adapter") {
      throw EngineError("quantize_unsupported", "Adapters are used as they are.");
    }
    if (facts.architecture != "clip") check_model(facts);
    for (const std::string& name : file.tensor_names()) {
      const siglip::TensorInfo tensor = file.tensor(name);
      if (name == kProjection) report.kept.push_back(name);
      if (!is_matrix(tensor)) continue;
      if (ggml_is_quantized(tensor.type)) {
        throw EngineError("quantize_unsupported",
                          "The file is quantised already; its loss and a second one would add up.");
      }
      ++report.matrices;
      if (tensor.shape[0] % ggml_blck_size(type.weights) != 0) ++report.fallbacks;
    }
  } catch (const siglip::FileError& error) {
    throw EngineError("gguf_invalid", std::string("The file is damaged: ") + error.what() + ".");
  }
  if (report.matrices == 0) throw EngineError("quantize_unsupported", "The file has no matrices.");
  if (report.fallbacks * 2 > report.matrices) {
    throw EngineError(
        "quantize_unsupported",
        "The widths of " + std::to_string(report.fallbacks) + " of " + std::to_string(report.matrices) +
            " matrices are no multiple of the type's block of " +
            std::to_string(ggml_blck_size(type.weights)) + ": they would be stored in other types.",
        {{"matrices", report.matrices}, {"fallbacks", report.fallbacks}});
  }
  return report;
}

}  // namespace

std::vector<std::string> quantize_types() {
  std::vector<std::string> names;
  for (const Type& type : kTypes) names.emplace_back(type.name);
  return names;
}

QuantizeReport quantize(const QuantizeParams& params, const QuantizeProgress& progress) {
  const Type& type = type_named(params.type);
  const GgufFacts facts = read_gguf_facts(params.input);
  QuantizeReport report = survey(params.input, type, facts);

  llama_model_quantize_params quantization = llama_model_quantize_default_params();
  quantization.nthread = params.threads;
  quantization.ftype = type.ftype;
  const std::vector<llama_model_tensor_override> overrides = overrides_of(type);
  const bool projector = facts.architecture == "clip";
  if (projector && ggml_is_quantized(type.weights)) quantization.tt_overrides = overrides.data();

  // llama.cpp knows no way to stop, but it logs a line for each tensor, and it catches what is thrown there.
  struct Stopped : std::exception {};
  bool stopped = false;
  const LogWatch watch([&](const std::string& line) {
    int done = 0;
    int total = 0;
    if (std::sscanf(line.c_str(), "[%d/%d]", &done, &total) != 2 || total < 1) return;
    if (progress(static_cast<float>(done) / static_cast<float>(total))) return;
    stopped = true;
    throw Stopped();
  });
  clear_last_problem();
  uint32_t code = 1;
  try {
    code = llama_model_quantize(params.input.c_str(), params.output.c_str(), &quantization);
  } catch (const std::exception&) {
    code = 1;
  }
  if (code != 0) {
    std::remove(params.output.c_str());
    if (stopped) throw aborted();
    const std::string problem = last_problem();
    // What it says of tensors that hold no numbers, as they came and once they are quantised.
    if (problem.find("has invalid data") != std::string::npos ||
        problem.find("data validation failed") != std::string::npos) {
      throw EngineError("gguf_invalid", "The file is damaged: weights in it are no numbers.");
    }
    throw EngineError("quantize_failed", "llama.cpp could not quantise the file: " + problem);
  }
  report.bytes = read_gguf_facts(params.output).bytes;
  return report;
}

}  // namespace medgemma
