// What this CPU and its operating system can run.
#pragma once

namespace medgemma {

bool cpu_has_avx2();         // with FMA and F16C
bool cpu_has_avx512();       // F, BW, DQ, VL
bool cpu_has_avx512_bf16();  // and BF16
bool cpu_has_avx512_vnni();  // and VNNI

}  // namespace medgemma
