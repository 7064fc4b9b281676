#include "kernels.h"

namespace medgemma::siglip {

size_t storage_size(Storage storage) {
  return storage == Storage::kF32 ? 4 : 2;
}

const std::vector<const Kernels*>& all_kernels() {
  static const std::vector<const Kernels*> kernels = {
#ifdef MEDGEMMA_SIGLIP_X86
      &kAvx512Bf16Kernels, &kAvx512Kernels, &kAvx2Kernels,
#endif
      &kPortableKernels};
  return kernels;
}

const Kernels* find_kernels(const std::string& name) {
  for (const Kernels* kernels : all_kernels()) {
    if ((name.empty() || name == kernels->name) && kernels->usable()) return kernels;
  }
  return nullptr;
}

}  // namespace medgemma::siglip
