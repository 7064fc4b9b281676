// Damaged GGUF files: an EngineError with a code, never a crash, an assertion or another exception.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "check.h"
#include "errors.h"
#include "gguf_facts.h"
#include "registry.h"
#include "support.h"

static int failures = 0;

using medgemma::GgufFacts;
using medgemma::read_gguf_facts;
using medgemma_test::code_of;
using medgemma_test::phantom;

namespace {

namespace fs = std::filesystem;

// A file of this process that is gone at the end.
struct Temporary {
  fs::path path = medgemma_test::temporary_gguf("gguf-test");
  ~Temporary() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
  // `bytes`, then zeros up to `size`.
  void write(const std::string& bytes, uint64_t size) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    fs::resize_file(path, size);
  }
  std::string code() const {
    return code_of([this] { read_gguf_facts(path.string()); });
  }
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Enough to hold either header: the phantom's vocabulary has 1024 short words.
constexpr size_t kHeader = 48 << 10;

}  // namespace

TEST(gguf_facts_of_the_phantom) {
  const GgufFacts model = read_gguf_facts(phantom("phantom-f16.gguf"));
  CHECK(model.architecture == "gemma3");
  CHECK(model.quantization == "F16");
  CHECK(model.embedding_length == 256);
  CHECK(model.block_count == 6);
  CHECK(model.vocabulary_size == 1024);
  CHECK(model.bytes == fs::file_size(phantom("phantom-f16.gguf")));
  const GgufFacts projector = read_gguf_facts(phantom("mmproj-phantom-f16.gguf"));
  CHECK(projector.architecture == "clip");
  CHECK(projector.projector_type == "gemma3");
  CHECK(projector.image_size == 224);
  CHECK(projector.patch_size == 28);
  CHECK(projector.projection_dim == model.embedding_length);
  check_model(model);
  check_projector(projector, model);
}

TEST(gguf_files_of_the_wrong_kind_have_their_own_codes) {
  const GgufFacts model = read_gguf_facts(phantom("phantom-f16.gguf"));
  const GgufFacts projector = read_gguf_facts(phantom("mmproj-phantom-f16.gguf"));
  CHECK(code_of([&] { check_model(projector); }) == "projector_as_model");
  CHECK(code_of([&] { check_projector(model, model); }) == "model_as_projector");
  GgufFacts wider = model;
  wider.embedding_length = 2560;
  CHECK(code_of([&] { check_projector(projector, wider); }) == "projector_mismatch");
  GgufFacts other = model;
  other.architecture = "llama";
  CHECK(code_of([&] { check_model(other); }) == "not_gemma3");
  CHECK(code_of([] { read_gguf_facts(phantom("missing.gguf")); }) == "file_not_found");
  try {
    read_gguf_facts(phantom("missing.gguf"));
  } catch (const medgemma::EngineError& error) {
    const std::string message = error.what();
    CHECK(message.find(" missing.gguf:") != std::string::npos);
  }
  CHECK(code_of([] { read_gguf_facts(MEDGEMMA_PHANTOM_DIR); }) != "");
  Temporary file;
  file.write("PK\x03\x04 a zip", 5000);
  CHECK(file.code() == "not_gguf");
  file.write("", 0);
  CHECK(file.code() == "not_gguf");
}

TEST(gguf_cut_anywhere_is_reported) {
  for (const char* name : {"phantom-f16.gguf", "mmproj-phantom-f16.gguf"}) {
    const std::string whole = contents(phantom(name));
    const Temporary file;
    size_t step = 1;
    for (size_t size = 0; size < whole.size(); size += step) {
      file.write(whole.substr(0, size), size);
      const std::string code = file.code();
      if (code != "not_gguf" && code != "gguf_truncated" && code != "gguf_invalid") {
        std::fprintf(stderr, "%s cut to %zu bytes gives %s\n", name, size,
                     code.empty() ? "facts" : code.c_str());
        CHECK(code == "gguf_truncated");
      }
      step = size < 512 ? 1 : size < kHeader ? 97 : 123457;
    }
    file.write(whole, whole.size());
    CHECK(file.code().empty());
  }
}

TEST(gguf_with_any_bit_of_its_header_flipped_is_read_or_refused) {
  for (const char* name : {"phantom-f16.gguf", "mmproj-phantom-f16.gguf"}) {
    const uint64_t size = fs::file_size(phantom(name));
    std::string header = contents(phantom(name)).substr(0, kHeader);
    const Temporary file;
    int refused = 0;
    const auto flip = [&](size_t byte, int bit) {
      header[byte] = static_cast<char>(header[byte] ^ (1 << bit));
      file.write(header, size);
      // Another exception than EngineError ends the test.
      if (!file.code().empty()) ++refused;
      header[byte] = static_cast<char>(header[byte] ^ (1 << bit));
    };
    for (size_t byte = 0; byte < 256; ++byte) {
      for (int bit = 0; bit < 8; ++bit) flip(byte, bit);
    }
    std::mt19937 random(94);
    for (int i = 0; i < 3000; ++i) flip(random() % kHeader, static_cast<int>(random() % 8));
    CHECK(refused > 100);
  }
}
