// Runs the engine's tests: all, or those whose file or name contains the argument. The last line counts them.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "backend.h"
#include "check.h"
#include "registry.h"

// Suites that count for themselves.
int run_resize_tests();
int run_siglip_tests();

static int failures = 0;

TEST(resize_equals_pillow) {
  CHECK(run_resize_tests() == 0);
}
TEST(siglip_equals_plain_arithmetic) {
  CHECK(run_siglip_tests() == 0);
}

namespace {

std::string label(const medgemma_test::Test& test) {
  const char* slash = std::strrchr(test.file, '/');
  std::string text = std::string(slash == nullptr ? test.file : slash + 1) + ": " + test.name;
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

bool run(const medgemma_test::Test& test) {
  const int before = *test.failures;
  try {
    test.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s threw: %s\n", test.name, error.what());
    return false;
  }
  return *test.failures == before;
}

}  // namespace

int main(int count, char** arguments) {
  medgemma::init_backend(MEDGEMMA_BACKEND_DIR);
  int passed = 0;
  int failed = 0;
  for (const medgemma_test::Test& test : medgemma_test::tests()) {
    const std::string name = label(test);
    if (count > 1 && name.find(arguments[1]) == std::string::npos) continue;
    const bool ok = run(test);
    ++(ok ? passed : failed);
    std::printf("%s %s\n", ok ? "ok    " : "FAILED", name.c_str());
    std::fflush(stdout);
  }
  std::printf("engine: %d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
