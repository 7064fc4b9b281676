// MEDGEMMA_TARGET_BEGIN("avx2,fma") ... MEDGEMMA_TARGET_END: the functions between may use these
// instructions, whatever the file's flags are. Include the standard headers before the region. MSVC needs no
// permission.
#pragma once

#define MEDGEMMA_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define MEDGEMMA_TARGET_BEGIN(isa) \
  MEDGEMMA_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define MEDGEMMA_TARGET_END MEDGEMMA_PRAGMA(clang attribute pop)
#elif defined(__GNUC__)
#define MEDGEMMA_TARGET_BEGIN(isa) MEDGEMMA_PRAGMA(GCC push_options) MEDGEMMA_PRAGMA(GCC target(isa))
#define MEDGEMMA_TARGET_END MEDGEMMA_PRAGMA(GCC pop_options)
#else
#define MEDGEMMA_TARGET_BEGIN(isa)
#define MEDGEMMA_TARGET_END
#endif
