#pragma once

// Vectors of float32 in the width of the instruction set a file is compiled for. Only for `*_kernels.cc` files.

#include <cstdint>
#include <cstring>

// Vectors are arguments of functions that are always inlined, so how they would be passed does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace cornu::onednn::CORNU_ISA {

#if defined(__AVX512F__)
inline constexpr int kLanes = 16;
#elif defined(__AVX2__)
inline constexpr int kLanes = 8;
#else
inline constexpr int kLanes = 4;
#endif

typedef float Floats __attribute__((vector_size(kLanes * 4)));
typedef std::int32_t Ints __attribute__((vector_size(kLanes * 4)));
typedef std::uint32_t Words __attribute__((vector_size(kLanes * 4)));
typedef double Doubles __attribute__((vector_size(kLanes * 8)));

#define CORNU_INLINE [[gnu::always_inline]] inline

CORNU_INLINE Floats splat(float value) { return value - Floats{}; }
CORNU_INLINE Ints splat_int(std::int32_t value) { return value - Ints{}; }

CORNU_INLINE Floats load(const float* from) {
  Floats result;
  std::memcpy(&result, from, sizeof result);
  return result;
}
CORNU_INLINE void store(float* to, Floats value) { std::memcpy(to, &value, sizeof value); }

/// The first `count` < kLanes floats, and `rest` behind them.
CORNU_INLINE Floats load_some(const float* from, std::int64_t count, float rest) {
  float lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) lanes[i] = rest;
  std::memcpy(lanes, from, static_cast<std::size_t>(count) * sizeof(float));
  return load(lanes);
}
CORNU_INLINE void store_some(float* to, Floats value, std::int64_t count) {
  std::memcpy(to, &value, static_cast<std::size_t>(count) * sizeof(float));
}

CORNU_INLINE Floats as_floats(Ints bits) {
  Floats result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}
CORNU_INLINE Ints as_ints(Floats value) {
  Ints result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

/// The sum of all lanes, pairwise.
CORNU_INLINE float sum_of(Floats value) {
  float lanes[kLanes];
  store(lanes, value);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

/// The greater of each pair of lanes; NaN wins.
CORNU_INLINE Floats greater_of(Floats a, Floats x) { return (x > a) | (x != x) ? x : a; }
CORNU_INLINE Floats lesser_of(Floats a, Floats x) { return (x < a) | (x != x) ? x : a; }

CORNU_INLINE float greatest_of(Floats value) {
  float result = value[0];
  for (int i = 1; i < kLanes; ++i) result = value[i] > result || value[i] != value[i] ? value[i] : result;
  return result;
}

/// exp, to within 2 units in the last place; 0 below -104, infinity above 88.73, NaN for NaN.
///
/// exp(x) = 2^n exp(r) with n = round(x / log 2) and |r| <= log(2) / 2, where a polynomial of degree 6 is exact to
/// float32.
CORNU_INLINE Floats exp(Floats x) {
  constexpr float kMagic = 0x1.8p23F;  // adding it rounds to an integer in the low bits
  Floats clamped = x > 89.0F ? splat(89.0F) : x;
  clamped = clamped < -104.0F ? splat(-104.0F) : clamped;
  const Floats shifted = clamped * 1.44269504F + kMagic;
  const Floats n = shifted - kMagic;
  // log(2) in two parts, so that n times the first is exact.
  const Floats r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
  Floats p = splat(1.3888889e-3F);
  p = p * r + 8.3333333e-3F;
  p = p * r + 4.1666667e-2F;
  p = p * r + 1.6666667e-1F;
  p = p * r + 0.5F;
  p = p * r * r + r + 1.0F;
  // 2^n in two steps, because n may lie outside of the exponents of normal numbers.
  const Ints whole = as_ints(shifted) - as_ints(splat(kMagic));
  const Ints half = whole >> 1;
  p = p * as_floats((half + 127) << 23) * as_floats((whole - half + 127) << 23);
  return x != x ? x : p;
}

}  // namespace cornu::onednn::CORNU_ISA
