#pragma once

namespace cornu::vector {

/// The instruction sets that kernel files are compiled for, from the least to the greatest.
enum class Isa { kBaseline, kAvx2, kAvx512 };

/// The best one that this machine and this build have.
inline Isa best_isa() {
#ifdef CORNU_ISA_VARIANTS
  __builtin_cpu_init();  // static initialisers may have led here
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return avx512 ? Isa::kAvx512 : Isa::kAvx2;
  }
#endif
  return Isa::kBaseline;
}

}  // namespace cornu::vector
