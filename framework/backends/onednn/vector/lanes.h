#pragma once

// Vectors of float32 in the width of the instruction set a file is compiled for. Only for `*_kernels.cc` files.

#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

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

/// The first `count` <= kLanes floats, and `rest` behind them.
CORNU_INLINE Floats load_some(const float* from, std::int64_t count, float rest) {
#if defined(__AVX512F__)
  return _mm512_mask_loadu_ps(splat(rest), static_cast<__mmask16>((1U << count) - 1U), from);
#endif
  float lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) lanes[i] = rest;
  std::memcpy(lanes, from, static_cast<std::size_t>(count) * sizeof(float));
  return load(lanes);
}
CORNU_INLINE void store_some(float* to, Floats value, std::int64_t count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << count) - 1U), value);
  return;
#endif
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

/// All lanes folded pairwise by `fold`, a function of two Floats.
template <typename F> CORNU_INLINE float fold_lanes(Floats v, F fold) {
#if defined(__AVX512F__)
  v = fold(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v = fold(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v = fold(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  v = fold(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
#elif defined(__AVX2__)
  v = fold(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
  v = fold(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
  v = fold(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
#else
  v = fold(v, __builtin_shufflevector(v, v, 2, 3, 0, 1));
  v = fold(v, __builtin_shufflevector(v, v, 1, 0, 3, 2));
#endif
  return v[0];
}
CORNU_INLINE float sum_of(Floats value) {
  return fold_lanes(
      value, [](Floats a, Floats b) __attribute__((always_inline)) { return a + b; });
}

/// The greater or lesser of each pair of lanes; NaN wins. The machine's own instructions give `x` if either is NaN.
#if defined(__AVX512F__)
CORNU_INLINE Floats greater_of(Floats a, Floats x) {
  return _mm512_mask_max_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a, x);
}
CORNU_INLINE Floats lesser_of(Floats a, Floats x) {
  return _mm512_mask_min_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a, x);
}
#elif defined(__AVX2__)
CORNU_INLINE Floats greater_of(Floats a, Floats x) {
  return _mm256_blendv_ps(_mm256_max_ps(a, x), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
CORNU_INLINE Floats lesser_of(Floats a, Floats x) {
  return _mm256_blendv_ps(_mm256_min_ps(a, x), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
#else
CORNU_INLINE Floats greater_of(Floats a, Floats x) { return ((x > a) | (x != x)) ? x : a; }
CORNU_INLINE Floats lesser_of(Floats a, Floats x) { return ((x < a) | (x != x)) ? x : a; }
#endif

CORNU_INLINE float greatest_of(Floats value) {
  return fold_lanes(
      value, [](Floats a, Floats b) __attribute__((always_inline)) { return greater_of(a, b); });
}

/// exp, to within 2 units in the last place; 0 below -104, infinity above 88.73, NaN for NaN.
///
/// exp(x) = 2^n exp(r) with n = round(x / log 2) and |r| <= log(2) / 2, where Taylor's polynomial of degree 7 is
/// off by 5e-9.
CORNU_INLINE Floats exp(Floats x) {
  constexpr float kMagic = 0x1.8p23F;  // adding it rounds to an integer in the low bits
  Floats clamped = x > 89.0F ? splat(89.0F) : x;
  clamped = clamped < -104.0F ? splat(-104.0F) : clamped;
  const Floats shifted = clamped * 1.44269504F + kMagic;
  const Floats n = shifted - kMagic;
  // log(2) in two parts, so that n times the first is exact.
  const Floats r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
  Floats p = splat(1.9841270e-4F);  // 1 / 7!
  p = p * r + 1.3888889e-3F;
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
