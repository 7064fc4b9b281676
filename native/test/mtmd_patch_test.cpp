// The patches of native/patches: applied to the mtmd that is linked, and without effect on its output.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "check.h"
#include "mtmd_vision_model.h"
#include "registry.h"
#include "siglip_fixture.h"
#include "support.h"

static int failures = 0;

namespace {

namespace fx = siglip_fixture;
namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

double worst_cosine(const std::vector<float>& a, const std::vector<float>& b, int width) {
  double worst = 1;
  for (size_t row = 0; row < a.size(); row += width) {
    double aa = 0, bb = 0, ab = 0;
    for (size_t i = row; i < row + width; ++i) {
      aa += double{a[i]} * a[i];
      bb += double{b[i]} * b[i];
      ab += double{a[i]} * b[i];
    }
    worst = std::min(worst, std::isfinite(ab) ? ab / std::sqrt(aa * bb) : -1);
  }
  return worst;
}

}  // namespace

TEST(every_added_line_of_the_patches_is_in_the_source) {
  int lines = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(MEDGEMMA_SOURCE_DIR) / "native/patches")) {
    std::istringstream patch(read(entry.path()));
    std::string target;
    for (std::string line; std::getline(patch, line);) {
      if (line.rfind("+++ b/", 0) == 0) {
        target = read(fs::path(MEDGEMMA_LLAMA_DIR) / line.substr(6));
        CHECK(!target.empty());
      } else if (!line.empty() && line[0] == '+') {
        CHECK(target.find(line.substr(1)) != std::string::npos);
        ++lines;
      }
    }
  }
  CHECK(lines > 0);
}

// Head size 72, as SigLIP's, which the patch pads: mtmd's output against a plain forward in double precision.
TEST(padded_heads_leave_mtmds_output_as_it_is) {
  const std::string path = medgemma_test::temporary_gguf("mtmd-patch");
  fx::Options options;
  const std::vector<uint8_t> rgb = fx::picture();
  const std::vector<float> truth = fx::reference(fx::write(path, options), rgb, options.swapped_mlp);
  const auto model =
      medgemma::Model::load(medgemma_test::phantom("phantom-f16.gguf"), 0, [](float) { return true; });
  medgemma::VisionParams params;
  params.path = path;
  medgemma::MtmdVisionModel vision(params, *model, [](float) { return true; });
  std::vector<float> out(static_cast<size_t>(vision.tokens()) * vision.width());
  int layers = 0;
  CHECK(vision.encode(rgb.data(), out.data(), [&](int done, int) {
    layers = done;
    return true;
  }));
  CHECK(layers == fx::kLayers);
  CHECK(out.size() == truth.size());
  CHECK(worst_cosine(out, truth, vision.width()) >= 0.9999);
  // Stopped after the first layer, nothing counts as encoded.
  CHECK(!vision.encode(rgb.data(), out.data(), [](int, int) { return false; }));
  fs::remove(path);
}
