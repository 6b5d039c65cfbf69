// Elementwise functions as branch-free loops that the compiler vectorises; compiled once per instruction set.
//
// Everything here has internal linkage but the table (cmake/IsaKernels.cmake).

#include "framework/backends/onednn/vector/block_kernels.h"

#include "framework/backends/onednn/vector/elementary.h"
#include "framework/backends/onednn/vector/table_erf.h"

namespace cornu::vector::CORNU_ISA {
namespace {

// --- loops ---------------------------------------------------------------------------------------------------------

template <float (*f)(float)> void unary(const float* const* operands, float* result, int count) {
  const float* x = operands[0];
#pragma omp simd
  for (int i = 0; i < count; ++i) result[i] = f(x[i]);
}

// An operand of a block, or one number for all of it.
template <bool is_number> struct Operand {
  explicit Operand(const float* values) : values_(values) {}
  CORNU_INLINE float operator[](int i) const { return values_[i]; }
  const float* values_;
};
template <> struct Operand<true> {
  explicit Operand(const float* values) : value_(values[0]) {}
  CORNU_INLINE float operator[](int) const { return value_; }
  float value_;
};

template <float (*f)(float, float), int mask = 0> void binary(const float* const* operands, float* result, int count) {
  const Operand<(mask & 1) != 0> x(operands[0]);
  const Operand<(mask & 2) != 0> y(operands[1]);
#pragma omp simd
  for (int i = 0; i < count; ++i) result[i] = f(x[i], y[i]);
}

template <float (*f)(float, float, float), int mask = 0>
void ternary(const float* const* operands, float* result, int count) {
  const Operand<(mask & 1) != 0> x(operands[0]);
  const Operand<(mask & 2) != 0> y(operands[1]);
  const Operand<(mask & 4) != 0> z(operands[2]);
#pragma omp simd
  for (int i = 0; i < count; ++i) result[i] = f(x[i], y[i], z[i]);
}

// sin, cos, tan: blocks with arguments too great for the reduction above go to libm.
template <float (*f)(float), float (*exact)(float)>
void periodic(const float* const* operands, float* result, int count) {
  const float* x = operands[0];
  int num_large = 0;
#pragma omp simd reduction(+ : num_large)
  for (int i = 0; i < count; ++i) num_large += absolute_of(x[i]) > kAngleLimit ? 1 : 0;
  if (num_large == 0) {
    unary<f>(operands, result, count);
  } else {
    for (int i = 0; i < count; ++i) result[i] = exact(x[i]);
  }
}

float libm_sin(float x) { return __builtin_sinf(x); }
float libm_cos(float x) { return __builtin_cosf(x); }
float libm_tan(float x) { return __builtin_tanf(x); }

// lgammaf would write its sign to a global variable, from every thread.
void lgamma_block(const float* const* operands, float* result, int count) {
  for (int i = 0; i < count; ++i) {
    int sign = 0;
    result[i] = lgammaf_r(operands[0][i], &sign);
  }
}

// floor_divide and mod: with quotients below 2^28 quotient times divisor is exact in double, so rounding the quotient
// down is right and the rest is exact. Other blocks take the slow road of fmod.
CORNU_INLINE float floor_divide_of(float x, float y) {
  return static_cast<float>(__builtin_floor(static_cast<double>(x) / static_cast<double>(y)));
}

CORNU_INLINE float mod_of(float x, float y) {
  const auto wide_x = static_cast<double>(x);
  const auto wide_y = static_cast<double>(y);
  const auto rest = static_cast<float>(wide_x - __builtin_floor(wide_x / wide_y) * wide_y);
  return rest == 0.0f ? __builtin_copysignf(0.0f, y) : rest;
}

float exact_mod(float x, float y) {
  const float rest = __builtin_fmodf(x, y);
  if (rest == 0.0f) return __builtin_copysignf(0.0f, y);
  // Rounded once, as one double can hold neither the rest nor its complement wrongly.
  return (rest < 0.0f) == (y < 0.0f) ? rest : static_cast<float>(static_cast<double>(rest) + static_cast<double>(y));
}

float exact_floor_divide(float x, float y) {
  if (y == 0.0f) return x / y;
  const double rest = __builtin_fmod(static_cast<double>(x), static_cast<double>(y));
  const double quotient = __builtin_rint((static_cast<double>(x) - rest) / static_cast<double>(y));
  if (rest != 0.0 && (rest < 0.0) != (y < 0.0f)) return static_cast<float>(quotient - 1.0);
  return quotient == 0.0 ? __builtin_copysignf(0.0f, x / y) : static_cast<float>(quotient);
}

template <float (*f)(float, float), float (*exact)(float, float)>
void division(const float* const* operands, float* result, int count) {
  const float* x = operands[0];
  const float* y = operands[1];
  int num_hard = 0;
#pragma omp simd reduction(+ : num_hard)
  for (int i = 0; i < count; ++i) {
    const float divisor = absolute_of(y[i]);
    const bool easy = (absolute_of(x[i]) < divisor * 268435456.0f) & (divisor < kInfinity);
    num_hard += easy ? 0 : 1;
  }
  if (num_hard == 0) {
    binary<f>(operands, result, count);
  } else {
    for (int i = 0; i < count; ++i) result[i] = exact(x[i], y[i]);
  }
}

// --- conversions ---------------------------------------------------------------------------------------------------

template <typename T> void load(const void* source, float* result, int count) {
  const T* values = static_cast<const T*>(source);
#pragma omp simd
  for (int i = 0; i < count; ++i) result[i] = static_cast<float>(values[i]);
}

// kLow and kPastHigh bound what T holds; both are powers of 2 or 0, exact as floats. NaN becomes 0.
template <typename T, T kMinimum, T kMaximum> void store_integer(const float* source, void* result, int count) {
  T* values = static_cast<T*>(result);
  constexpr auto kLow = static_cast<float>(kMinimum);
  constexpr T kHalf = kMaximum / 2 + 1;
  constexpr float kPastHigh = 2.0f * static_cast<float>(kHalf);
#pragma omp simd
  for (int i = 0; i < count; ++i) {
    const float x = source[i];
    const bool inside = (x > kLow) & (x < kPastHigh);
    const T cut = static_cast<T>(inside ? x : 0.0f);
    const T bound = x >= kPastHigh ? kMaximum : (x <= kLow ? kMinimum : T{0});
    values[i] = inside ? cut : bound;
  }
}

void store_float(const float* source, void* result, int count) {
  float* values = static_cast<float*>(result);
#pragma omp simd
  for (int i = 0; i < count; ++i) values[i] = source[i];
}

void store_double(const float* source, void* result, int count) {
  double* values = static_cast<double*>(result);
#pragma omp simd
  for (int i = 0; i < count; ++i) values[i] = static_cast<double>(source[i]);
}

void store_bool(const float* source, void* result, int count) {
  std::uint8_t* values = static_cast<std::uint8_t*>(result);
#pragma omp simd
  for (int i = 0; i < count; ++i) values[i] = source[i] != 0.0f ? 1 : 0;
}

CORNU_INLINE float float_of_half(std::uint16_t half) {
  const auto bits = static_cast<std::uint32_t>(half);
  const std::uint32_t magnitude = (bits & 0x7fffu) << 13;
  // 2^112 moves the exponent into place, of subnormal numbers too.
  const float finite = float_of_bits(magnitude) * float_of_bits(0x77800000u);
  const float value = magnitude >= 0x0f800000u ? float_of_bits(magnitude | 0x7f800000u) : finite;
  return float_of_bits(bits_of(value) | (bits & 0x8000u) << 16);
}

CORNU_INLINE std::uint16_t half_of_float(float x) {
  const std::uint32_t sign = (bits_of(x) >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits_of(x) & 0x7fffffffu;
  const std::uint32_t normal = (magnitude + 0xfffu + ((magnitude >> 13) & 1u) - 0x38000000u) >> 13;
  // The last bit of 0.5f has the weight of the least half: the addition rounds.
  const std::uint32_t subnormal = bits_of(float_of_bits(magnitude) + 0.5f) - 0x3f000000u;
  const std::uint32_t finite = magnitude < 0x38800000u ? subnormal : normal;
  const std::uint32_t bounded = magnitude >= 0x477ff000u ? 0x7c00u : finite;
  return static_cast<std::uint16_t>(sign | (magnitude > 0x7f800000u ? 0x7e00u : bounded));
}

CORNU_INLINE float float_of_bfloat16(std::uint16_t x) { return float_of_bits(static_cast<std::uint32_t>(x) << 16); }

CORNU_INLINE std::uint16_t bfloat16_of_float(float x) {
  const std::uint32_t bits = bits_of(x);
  const std::uint32_t nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return static_cast<std::uint16_t>(x != x ? (bits >> 16) | 0x40u : nearest);
}

CORNU_INLINE float rounded_to_half(float x) { return float_of_half(half_of_float(x)); }
CORNU_INLINE float rounded_to_bfloat16(float x) { return float_of_bfloat16(bfloat16_of_float(x)); }

template <float (*f)(std::uint16_t)> void load_short(const void* source, float* result, int count) {
  const auto* values = static_cast<const std::uint16_t*>(source);
#pragma omp simd
  for (int i = 0; i < count; ++i) result[i] = f(values[i]);
}

template <std::uint16_t (*f)(float)> void store_short(const float* source, void* result, int count) {
  auto* values = static_cast<std::uint16_t*>(result);
#pragma omp simd
  for (int i = 0; i < count; ++i) values[i] = f(source[i]);
}

// --- repetition ----------------------------------------------------------------------------------------------------

// Whole vectors at a time, past the end of a run where the next run overwrites them; only the last ones are written
// element by element.
void repeat(const float* values, int num_values, int times, float* result) {
  constexpr int kWidth = 16;
  const int total = num_values * times;
  for (int i = 0; i < num_values; ++i) {
    const float value = values[i];
    const int end = (i + 1) * times;
    int position = i * times;
    for (; position < end && position + kWidth <= total; position += kWidth) {
#pragma omp simd
      for (int k = 0; k < kWidth; ++k) result[position + k] = value;
    }
    for (; position < end; ++position) result[position] = value;
  }
}

// --- tables --------------------------------------------------------------------------------------------------------

#if !defined(__AVX512F__)
constexpr BlockFunction erf_block = unary<erf_of>;
#endif

constexpr BlockKernel kKernels[] = {
    {"add", binary<add_of>, {nullptr, binary<add_of, 1>, binary<add_of, 2>}, 1},
    {"subtract", binary<subtract_of>, {nullptr, binary<subtract_of, 1>, binary<subtract_of, 2>}, 1},
    {"multiply", binary<multiply_of>, {nullptr, binary<multiply_of, 1>, binary<multiply_of, 2>}, 1},
    {"divide", binary<divide_of>, {nullptr, binary<divide_of, 1>, binary<divide_of, 2>}, 2},
    {"floor_divide", division<floor_divide_of, exact_floor_divide>, {}, 6},
    {"mod", division<mod_of, exact_mod>, {}, 8},
    {"power", binary<power_of>, {nullptr, binary<power_of, 1>, binary<power_of, 2>}, 30},
    {"maximum", binary<maximum_of>, {nullptr, binary<maximum_of, 1>, binary<maximum_of, 2>}, 1},
    {"minimum", binary<minimum_of>, {nullptr, binary<minimum_of, 1>, binary<minimum_of, 2>}, 1},
    {"negative", unary<negative_of>, {}, 1},
    {"absolute", unary<absolute_of>, {}, 1},
    {"sign", unary<sign_of>, {}, 1},
    {"square", unary<square_of>, {}, 1},
    {"sqrt", unary<sqrt_of>, {}, 3},
    {"rsqrt", unary<rsqrt_of>, {}, 5},
    {"reciprocal", unary<reciprocal_of>, {}, 2},
    {"equal", binary<equal_of>, {nullptr, binary<equal_of, 1>, binary<equal_of, 2>}, 1},
    {"not_equal", binary<not_equal_of>, {nullptr, binary<not_equal_of, 1>, binary<not_equal_of, 2>}, 1},
    {"less", binary<less_of>, {nullptr, binary<less_of, 1>, binary<less_of, 2>}, 1},
    {"less_equal", binary<less_equal_of>, {nullptr, binary<less_equal_of, 1>, binary<less_equal_of, 2>}, 1},
    {"greater", binary<greater_of>, {nullptr, binary<greater_of, 1>, binary<greater_of, 2>}, 1},
    {"greater_equal", binary<greater_equal_of>, {nullptr, binary<greater_equal_of, 1>, binary<greater_equal_of, 2>}, 1},
    {"logical_and", binary<logical_and_of>, {nullptr, binary<logical_and_of, 1>, binary<logical_and_of, 2>}, 1},
    {"logical_or", binary<logical_or_of>, {nullptr, binary<logical_or_of, 1>, binary<logical_or_of, 2>}, 1},
    {"logical_xor", binary<logical_xor_of>, {nullptr, binary<logical_xor_of, 1>, binary<logical_xor_of, 2>}, 1},
    {"logical_not", unary<logical_not_of>, {}, 1},
    {"isnan", unary<isnan_of>, {}, 1},
    {"isinf", unary<isinf_of>, {}, 1},
    {"isfinite", unary<isfinite_of>, {}, 1},
    {"where",
     ternary<where_of>,
     {nullptr, nullptr, ternary<where_of, 2>, nullptr, ternary<where_of, 4>, nullptr, ternary<where_of, 6>},
     1},
    {"exp", unary<exp_of>, {}, 8},
    {"expm1", unary<expm1_of>, {}, 8},
    {"log", unary<log_of>, {}, 8},
    {"log1p", unary<log1p_of>, {}, 12},
    {"erf", erf_block, {}, 15},
    {"erfinv", unary<erfinv_of>, {}, 25},
    {"lgamma", lgamma_block, {}, 60},
    {"relu", unary<relu_of>, {}, 1},
    {"sigmoid", unary<sigmoid_of>, {}, 10},
    {"softplus", unary<softplus_of>, {}, 20},
    {"sin", periodic<sin_of, libm_sin>, {}, 15},
    {"cos", periodic<cos_of, libm_cos>, {}, 15},
    {"tan", periodic<tan_of, libm_tan>, {}, 18},
    {"asin", unary<asin_of>, {}, 10},
    {"acos", unary<acos_of>, {}, 10},
    {"atan", unary<atan_of>, {}, 10},
    {"atan2", binary<atan2_of>, {nullptr, binary<atan2_of, 1>, binary<atan2_of, 2>}, 14},
    {"sinh", unary<sinh_of>, {}, 20},
    {"cosh", unary<cosh_of>, {}, 12},
    {"tanh", unary<tanh_of>, {}, 10},
    {"asinh", unary<asinh_of>, {}, 18},
    {"acosh", unary<acosh_of>, {}, 18},
    {"atanh", unary<atanh_of>, {}, 15},
    {"floor", unary<floor_of>, {}, 1},
    {"ceil", unary<ceil_of>, {}, 1},
    {"round", unary<round_of>, {}, 1},
    {"trunc", unary<trunc_of>, {}, 1},
};

constexpr BlockConversion kConversions[] = {
    {"float32", load<float>, store_float, unary<copy_of>},
    {"float64", load<double>, store_double, nullptr},
    {"float16", load_short<float_of_half>, store_short<half_of_float>, unary<rounded_to_half>},
    {"bfloat16", load_short<float_of_bfloat16>, store_short<bfloat16_of_float>, unary<rounded_to_bfloat16>},
    {"int8", load<std::int8_t>, store_integer<std::int8_t, -128, 127>, nullptr},
    {"int32", load<std::int32_t>, store_integer<std::int32_t, INT32_MIN, INT32_MAX>, nullptr},
    {"int64", load<std::int64_t>, store_integer<std::int64_t, INT64_MIN, INT64_MAX>, nullptr},
    {"uint8", load<std::uint8_t>, store_integer<std::uint8_t, 0, 255>, nullptr},
    {"uint32", load<std::uint32_t>, store_integer<std::uint32_t, 0, UINT32_MAX>, nullptr},
    {"bool", load<std::uint8_t>, store_bool, unary<truth_of>},
};

#define CORNU_STRING(x) #x
#define CORNU_NAME(x) CORNU_STRING(x)

}  // namespace

extern const BlockTable kTable = {CORNU_NAME(CORNU_ISA),
                                  kKernels,
                                  sizeof(kKernels) / sizeof(kKernels[0]),
                                  kConversions,
                                  sizeof(kConversions) / sizeof(kConversions[0]),
                                  repeat};

}  // namespace cornu::vector::CORNU_ISA
