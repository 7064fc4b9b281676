// The smallest test helper that counts: CHECK(condition) prints where and what failed, and goes on.

#pragma once

#include <cstdio>

// Each test file declares `static int failures = 0;` and returns it from its run_..._tests().
#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                                  \
    }                                                                              \
  } while (false)

#define CHECK_THROWS(expression, type)                                                         \
  do {                                                                                         \
    bool thrown = false;                                                                       \
    try {                                                                                      \
      (void)(expression);                                                                      \
    } catch (const type&) {                                                                    \
      thrown = true;                                                                           \
    }                                                                                          \
    if (!thrown) {                                                                             \
      std::fprintf(stderr, "%s:%d: no %s from: %s\n", __FILE__, __LINE__, #type, #expression); \
      ++failures;                                                                              \
    }                                                                                          \
  } while (false)
