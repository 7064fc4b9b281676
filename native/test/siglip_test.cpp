// The own SigLIP encoder against a plain computation in double precision, for each instruction set that this
// CPU has.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "../engine/siglip/kernels.h"
#include "../engine/siglip/siglip_encoder.h"
#include "check.h"
#include "siglip_fixture.h"
#include "support.h"

namespace {

int failures = 0;

using medgemma::SiglipEncoder;
using medgemma::SiglipOptions;
using medgemma::SiglipStatus;
using medgemma_test::temporary_gguf;
namespace fx = siglip_fixture;

double worst_cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double worst = 1;
  for (size_t row = 0; row < a.size(); row += fx::kOutput) {
    double aa = 0, bb = 0, ab = 0;
    for (size_t i = row; i < row + fx::kOutput; ++i) {
      aa += double{a[i]} * a[i];
      bb += double{b[i]} * b[i];
      ab += double{a[i]} * b[i];
    }
    // A NaN must not pass for a good value.
    worst = ab / std::sqrt(aa * bb) > worst ? worst : ab / std::sqrt(aa * bb);
  }
  return worst;
}

double worst_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::fabs(double{a[i]} - b[i]));
  return worst;
}

std::unique_ptr<SiglipEncoder> load(const std::string& path, const char* kernels, int threads,
                                    SiglipStatus* status) {
  SiglipOptions options;
  options.kernels = kernels;
  options.threads = threads;
  return SiglipEncoder::load(path, options, status);
}

std::vector<float> encode(SiglipEncoder& encoder, const std::vector<uint8_t>& rgb) {
  std::vector<float> out(static_cast<size_t>(encoder.tokens()) * encoder.width());
  CHECK(encoder.encode(rgb.data(), out.data()));
  return out;
}

void test_every_instruction_set(const fx::Options& options) {
  const std::string path = temporary_gguf("siglip-kernels");
  const std::vector<uint8_t> rgb = fx::picture();
  const std::vector<float> truth = fx::reference(fx::write(path, options), rgb, options.swapped_mlp);
  for (const medgemma::siglip::Kernels* kernels : medgemma::siglip::all_kernels()) {
    if (!kernels->usable()) continue;
    SiglipStatus status = SiglipStatus::kBadFile;
    const auto encoder = load(path, kernels->name, 2, &status);
    CHECK(encoder && status == SiglipStatus::kOk);
    if (!encoder) continue;
    CHECK(encoder->tokens() == fx::kTokens && encoder->width() == fx::kOutput &&
          encoder->image_size() == fx::kImage);
    const std::vector<float> out = encode(*encoder, rgb);
    const double cosine = worst_cosine(out, truth), difference = worst_difference(out, truth);
    std::printf("siglip %-10s %s: worst cosine %.7f, worst difference %.5f\n", kernels->name,
                ggml_type_name(options.matrix_type), cosine, difference);
    CHECK(cosine >= (kernels->pair == 2 ? 0.9999 : 0.999999));
    // Quantised weights are kept as float16.
    if (kernels->pair == 1) CHECK(difference < (options.matrix_type == GGML_TYPE_Q8_0 ? 1e-2 : 1e-4));

    // The same bits again, and with any number of threads.
    CHECK(encode(*encoder, rgb) == out);
    for (int threads : {1, 3}) {
      const auto other = load(path, kernels->name, threads, &status);
      CHECK(other && encode(*other, rgb) == out);
    }
  }
  std::filesystem::remove(path);
}

void test_progress_and_abort() {
  const std::string path = temporary_gguf("siglip-abort");
  fx::write(path, {});
  SiglipStatus status = SiglipStatus::kOk;
  SiglipOptions options;
  options.kernels = "portable";
  std::vector<float> seen;
  options.progress = [&](float part) {
    seen.push_back(part);
    return true;
  };
  const auto encoder = SiglipEncoder::load(path, options, &status);
  CHECK(encoder != nullptr);
  CHECK(!seen.empty() && seen.front() == 0.0f && seen.back() == 1.0f &&
        std::is_sorted(seen.begin(), seen.end()));
  options.progress = [](float part) { return part < 0.5f; };
  CHECK(!SiglipEncoder::load(path, options, &status) && status == SiglipStatus::kAborted);
  if (!encoder) return;

  const std::vector<uint8_t> rgb = fx::picture();
  std::vector<float> out(static_cast<size_t>(encoder->tokens()) * encoder->width(), 5.0f);
  int calls = 0;
  CHECK(!encoder->encode(rgb.data(), out.data(), [&](int done, int layers) {
    ++calls;
    CHECK(done == 1 && layers == fx::kLayers);
    return false;
  }));
  CHECK(calls == 1 && std::all_of(out.begin(), out.end(), [](float x) { return x == 5.0f; }));
  // An aborted picture leaves nothing behind.
  const auto fresh = SiglipEncoder::load(path, {1, "portable", nullptr}, &status);
  CHECK(fresh && encode(*encoder, rgb) == encode(*fresh, rgb));
  std::filesystem::remove(path);
}

void test_files_it_refuses() {
  const std::string path = temporary_gguf("siglip-bad");
  SiglipStatus status = SiglipStatus::kOk;
  CHECK(!load(path + ".missing", "portable", 1, &status) && status == SiglipStatus::kBadFile);
  fx::Options other;
  other.projector = "idefics3";
  fx::write(path, other);
  CHECK(!load(path, "portable", 1, &status) && status == SiglipStatus::kUnsupported);
  fx::write(path, {});
  CHECK(!load(path, "no such kernels", 1, &status) && status == SiglipStatus::kUnsupported);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1000);
  CHECK(!load(path, "portable", 1, &status) && status == SiglipStatus::kBadFile);
  std::ofstream(path, std::ios::trunc) << "not a model";
  CHECK(!load(path, "portable", 1, &status) && status == SiglipStatus::kBadFile);
  std::filesystem::remove(path);
}

}  // namespace

int run_siglip_tests() {
  for (ggml_type type : {GGML_TYPE_F16, GGML_TYPE_BF16, GGML_TYPE_F32, GGML_TYPE_Q8_0}) {
    test_every_instruction_set({type, "gemma3", false});
  }
  test_every_instruction_set({GGML_TYPE_F16, "gemma3", true});
  test_progress_and_abort();
  test_files_it_refuses();
  return failures;
}
