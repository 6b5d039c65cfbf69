#pragma once

namespace cornu::onednn {

/// Of one table of functions, compiled once per instruction set, the one that this machine runs best. A table `NAME` of
/// type `Table` is defined by a `*_kernels.cc` file in `namespace cornu::onednn::CORNU_ISA` and declared with
/// CORNU_DECLARE_ISA_TABLE(Table, NAME); `CORNU_CHOOSE_ISA_TABLE(NAME)` is a reference to it.
enum class Isa { kBaseline, kAvx2, kAvx512 };

inline Isa machine_isa() {
#ifdef CORNU_ISA_VARIANTS
  static const Isa isa = [] {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      return Isa::kAvx512;
    }
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Isa::kAvx2 : Isa::kBaseline;
  }();
  return isa;
#else
  return Isa::kBaseline;
#endif
}

}  // namespace cornu::onednn

#ifdef CORNU_ISA_VARIANTS
#define CORNU_DECLARE_ISA_TABLE(Table, name) \
  namespace baseline {                       \
  extern const Table name;                   \
  }                                          \
  namespace avx2 {                           \
  extern const Table name;                   \
  }                                          \
  namespace avx512 {                         \
  extern const Table name;                   \
  }
#define CORNU_CHOOSE_ISA_TABLE(name)                                                               \
  (::cornu::onednn::machine_isa() == ::cornu::onednn::Isa::kAvx512 ? ::cornu::onednn::avx512::name \
   : ::cornu::onednn::machine_isa() == ::cornu::onednn::Isa::kAvx2 ? ::cornu::onednn::avx2::name   \
                                                                   : ::cornu::onednn::baseline::name)
#else
#define CORNU_DECLARE_ISA_TABLE(Table, name) \
  namespace baseline {                       \
  extern const Table name;                   \
  }
#define CORNU_CHOOSE_ISA_TABLE(name) (::cornu::onednn::baseline::name)
#endif
