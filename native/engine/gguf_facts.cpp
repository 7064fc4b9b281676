#include "gguf_facts.h"

#include <gguf.h>
#include <llama.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "errors.h"

namespace medgemma {
namespace {

#ifdef _WIN32
#define MEDGEMMA_SEEK _fseeki64
#define MEDGEMMA_TELL _ftelli64
#else
#define MEDGEMMA_SEEK fseeko
#define MEDGEMMA_TELL ftello
#endif

constexpr size_t kReadChunk = 1 << 20;
// The reader refuses to go past the size it is told. Told of a little more, it goes there in a file that was
// cut off, and that is how we know.
constexpr uint64_t kBeyond = 16 << 20;

// Folders identify people; a file's own name tells which of several it is.
std::string base_name(const std::string& path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

struct File {
  std::unique_ptr<FILE, int (*)(FILE*)> handle{nullptr, fclose};
  uint64_t size = 0;
  uint64_t position = 0;
  bool read_past_end = false;

  explicit File(const std::string& path) {
    handle.reset(fopen(path.c_str(), "rb"));
    if (!handle) {
      const std::string reason = strerror(errno);
      throw EngineError("file_not_found",
                        "Cannot open the GGUF file " + base_name(path) + ": " + reason + ".");
    }
    if (MEDGEMMA_SEEK(handle.get(), 0, SEEK_END) != 0 || MEDGEMMA_TELL(handle.get()) < 0) {
      throw EngineError("file_not_found", base_name(path) + " is not a regular file.");
    }
    size = static_cast<uint64_t>(MEDGEMMA_TELL(handle.get()));
    position = size;
  }

  size_t read(void* output, uint64_t offset, size_t length) {
    if (offset + length > size) read_past_end = true;
    // A seek throws away what was read ahead, and a vocabulary is read in half a million small pieces.
    if (offset != position && MEDGEMMA_SEEK(handle.get(), static_cast<int64_t>(offset), SEEK_SET) != 0)
      return 0;
    const size_t count = fread(output, 1, length, handle.get());
    position = offset + count;
    return count;
  }
};

size_t read_callback(void* file, void* output, uint64_t offset, size_t length) {
  return static_cast<File*>(file)->read(output, offset, length);
}

using Gguf = std::unique_ptr<gguf_context, decltype(&gguf_free)>;

// ggml's typed getters assert on a value of another type, so every read looks at the type first.
uint32_t get_u32(const gguf_context* gguf, const std::string& key) {
  const int64_t id = gguf_find_key(gguf, key.c_str());
  if (id < 0) return 0;
  if (gguf_get_kv_type(gguf, id) == GGUF_TYPE_UINT32) return gguf_get_val_u32(gguf, id);
  throw EngineError("gguf_invalid", "The GGUF header's " + key + " is not a 32-bit unsigned number.");
}

std::string get_string(const gguf_context* gguf, const std::string& key) {
  const int64_t id = gguf_find_key(gguf, key.c_str());
  if (id < 0) return "";
  if (gguf_get_kv_type(gguf, id) == GGUF_TYPE_STRING) return gguf_get_val_str(gguf, id);
  throw EngineError("gguf_invalid", "The GGUF header's " + key + " is not a text.");
}

bool get_bool(const gguf_context* gguf, const std::string& key) {
  const int64_t id = gguf_find_key(gguf, key.c_str());
  if (id < 0) return false;
  if (gguf_get_kv_type(gguf, id) == GGUF_TYPE_BOOL) return gguf_get_val_bool(gguf, id);
  throw EngineError("gguf_invalid", "The GGUF header's " + key + " is not true or false.");
}

// As files are named, and as src/models/gguf/types.ts has it: llama.cpp writes "Q4_K - Medium", "all F32",
// "IQ4_XS - 4.25 bpw".
std::string quantization_name(const gguf_context* gguf) {
  if (gguf_find_key(gguf, "general.file_type") < 0) return "unknown";
  std::string name = llama_ftype_name(static_cast<llama_ftype>(get_u32(gguf, "general.file_type")));
  for (const auto& [from, to] : {std::pair<const char*, const char*>{"Q2_K - Medium", "Q2_K"},
                                 {"IQ3_S mix", "IQ3_M"},
                                 {"MXFP4 MoE", "MXFP4_MOE"},
                                 {"all ", ""},
                                 {" - Small", "_S"},
                                 {" - Medium", "_M"},
                                 {" - Large", "_L"}}) {
    const size_t at = name.find(from);
    if (at != std::string::npos) name.replace(at, strlen(from), to);
  }
  return name.substr(0, name.find_first_of(" ,"));
}

// Reading the header is no proof that the tensors are there.
void check_tensor_data(const gguf_context* gguf, uint64_t file_size) {
  const uint64_t data = gguf_get_data_offset(gguf);
  const uint64_t alignment = gguf_get_alignment(gguf);
  uint64_t last = data;
  for (int64_t i = 0; i < gguf_get_n_tensors(gguf); ++i) {
    const uint64_t end = data + gguf_get_tensor_offset(gguf, i) + gguf_get_tensor_size(gguf, i);
    if (end > file_size || end < data) {
      throw EngineError("gguf_truncated", "The GGUF file ends before its last tensor.",
                        {{"bytes", static_cast<double>(file_size)}, {"expected", static_cast<double>(end)}});
    }
    last = std::max(last, end);
  }
  const uint64_t padded = (last + alignment - 1) / alignment * alignment;
  // Bytes were put in somewhere, and what the offsets point at is not the weights.
  if (file_size > padded) {
    throw EngineError("gguf_invalid", "The GGUF file goes on behind its last tensor.",
                      {{"bytes", static_cast<double>(file_size)}, {"expected", static_cast<double>(padded)}});
  }
}

}  // namespace

GgufFacts read_gguf_facts(const std::string& path) {
  File file(path);
  char magic[4] = {};
  const bool has_magic = file.size >= 4 && file.read(magic, 0, 4) == 4 && memcmp(magic, "GGUF", 4) == 0;
  if (!has_magic) throw EngineError("not_gguf", "The file does not begin with GGUF's four letters.");

  gguf_init_params params = {/* no_alloc */ true, /* ctx */ nullptr};
  Gguf gguf(gguf_init_from_callback(read_callback, &file, kReadChunk, file.size + kBeyond, params),
            gguf_free);
  if (!gguf) {
    if (file.read_past_end) {
      throw EngineError("gguf_truncated", "The GGUF file ends inside its header.");
    }
    throw EngineError("gguf_invalid", "The GGUF header is damaged.");
  }
  check_tensor_data(gguf.get(), file.size);

  GgufFacts facts;
  facts.architecture = get_string(gguf.get(), "general.architecture");
  facts.name = get_string(gguf.get(), "general.name");
  facts.quantization = quantization_name(gguf.get());
  facts.bytes = file.size;
  facts.tensors = static_cast<uint64_t>(gguf_get_n_tensors(gguf.get()));
  for (int64_t i = 0; i < gguf_get_n_tensors(gguf.get()); ++i) {
    const int64_t* ne = gguf_get_tensor_ne(gguf.get(), i);
    facts.parameters += static_cast<uint64_t>(ne[0] * ne[1] * ne[2] * ne[3]);
  }
  const std::string& arch = facts.architecture;
  facts.context_length = get_u32(gguf.get(), arch + ".context_length");
  facts.embedding_length = get_u32(gguf.get(), arch + ".embedding_length");
  facts.block_count = get_u32(gguf.get(), arch + ".block_count");
  const int64_t tokens = gguf_find_key(gguf.get(), "tokenizer.ggml.tokens");
  if (tokens >= 0 && gguf_get_kv_type(gguf.get(), tokens) == GGUF_TYPE_ARRAY) {
    facts.vocabulary_size = static_cast<uint32_t>(gguf_get_arr_n(gguf.get(), tokens));
  }
  if (arch == "clip") {
    facts.has_vision = get_bool(gguf.get(), "clip.has_vision_encoder");
    facts.projector_type = get_string(gguf.get(), "clip.projector_type");
    if (facts.projector_type.empty())
      facts.projector_type = get_string(gguf.get(), "clip.vision.projector_type");
    facts.image_size = get_u32(gguf.get(), "clip.vision.image_size");
    facts.patch_size = get_u32(gguf.get(), "clip.vision.patch_size");
    facts.projection_dim = get_u32(gguf.get(), "clip.vision.projection_dim");
    facts.block_count = get_u32(gguf.get(), "clip.vision.block_count");
  }
  return facts;
}

void check_model(const GgufFacts& facts) {
  if (facts.architecture == "clip")
    throw EngineError("projector_as_model", "The file given as the model is a projector (mmproj).");
  if (facts.architecture != "gemma3") {
    throw EngineError("not_gemma3", "The model's architecture is " +
                                        (facts.architecture.empty() ? "not named" : facts.architecture) +
                                        ", not gemma3.");
  }
  if (facts.embedding_length == 0 || facts.block_count == 0 || facts.vocabulary_size == 0) {
    throw EngineError("gguf_invalid", "The GGUF header lacks the model's shape or its vocabulary.");
  }
}

void check_projector(const GgufFacts& facts, const GgufFacts& model) {
  if (facts.architecture != "clip") {
    throw EngineError("model_as_projector",
                      "The file given as the projector is a language model (" +
                          (facts.architecture.empty() ? "unnamed" : facts.architecture) + ").");
  }
  if (!facts.has_vision || facts.projector_type != "gemma3") {
    throw EngineError("projector_mismatch", "The projector is not a Gemma 3 vision projector.");
  }
  if (facts.projection_dim != model.embedding_length) {
    throw EngineError("projector_mismatch",
                      "The projector's width is " + std::to_string(facts.projection_dim) +
                          ", the model's is " + std::to_string(model.embedding_length) + ".",
                      {{"projectorWidth", facts.projection_dim}, {"modelWidth", model.embedding_length}});
  }
  if (facts.image_size == 0 || facts.patch_size == 0 || facts.image_size % facts.patch_size != 0) {
    throw EngineError("gguf_invalid", "The projector's picture or patch size is missing or does not divide.");
  }
}

}  // namespace medgemma
