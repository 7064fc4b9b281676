#include "kernels.h"

namespace medgemma::matmul {

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> available;
#ifdef MEDGEMMA_MATMUL_X86
  for (const Kernels* kernels : {&kAvx512VnniKernels, &kAvx2Kernels}) {
    if (kernels->available()) available.push_back(kernels);
  }
#endif
  return available;
}

}  // namespace medgemma::matmul
