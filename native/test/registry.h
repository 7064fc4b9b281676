// Tests register themselves: TEST(says_what_holds) { CHECK(...); }. A file declares its `static int failures
// = 0;` (see check.h) before its first test; a test during which the count grows, or that throws, has failed.

#pragma once

#include <vector>

namespace medgemma_test {

struct Test {
  const char* file;
  const char* name;
  void (*run)();
  int* failures;
};

inline std::vector<Test>& tests() {
  static std::vector<Test> list;
  return list;
}

struct Registration {
  Registration(const char* file, const char* name, void (*run)(), int* failures) {
    tests().push_back({file, name, run, failures});
  }
};

}  // namespace medgemma_test

#define TEST(name)                                                                                       \
  static void test_##name();                                                                             \
  static const medgemma_test::Registration registration_##name(__FILE__, #name, test_##name, &failures); \
  static void test_##name()
