#pragma once

#include <cstdint>

/// Registers of floats, as wide as the instruction set a kernel file is compiled for. Included by kernel files only.
namespace cornu::onednn::CORNU_ISA {

#if defined(__AVX512F__)
inline constexpr int kRegisterBytes = 64;
#elif defined(__AVX__)
inline constexpr int kRegisterBytes = 32;
#else
inline constexpr int kRegisterBytes = 16;
#endif
inline constexpr int kLanes = kRegisterBytes / 4;

using Floats = float __attribute__((vector_size(kRegisterBytes)));
using Ints = std::int32_t __attribute__((vector_size(kRegisterBytes)));

// The same code serves registers and the single floats that are left at the end of a row.
template <typename V>
struct Lanes;
template <>
struct Lanes<Floats> {
  using Mask = Ints;
  static constexpr int kCount = kLanes;
  static Floats load(const float* source) {
    Floats value;
    __builtin_memcpy(&value, source, sizeof value);
    return value;
  }
  static void store(float* target, Floats value) { __builtin_memcpy(target, &value, sizeof value); }
  static Floats filled(float value) { return Floats{} + value; }
};
template <>
struct Lanes<float> {
  using Mask = std::int32_t;
  static constexpr int kCount = 1;
  static float load(const float* source) { return *source; }
  static void store(float* target, float value) { *target = value; }
  static float filled(float value) { return value; }
};

}  // namespace cornu::onednn::CORNU_ISA
