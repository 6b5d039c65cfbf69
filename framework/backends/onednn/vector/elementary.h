#pragma once

// Elementary functions of one float, without branches, so that loops over them vectorise. Only for `*_kernels.cc`
// files: each instruction set has a namespace, and so a copy, of its own (cmake/IsaKernels.cmake).
//
// The polynomials are minimax fits of our own (Remez exchange, relative error), each with the error of the polynomial
// alone; rounding adds about one ulp. Products and sums may be contracted to fused multiply-adds or not: every
// algorithm here holds either way.

#include <math.h>

#include <cstdint>

#define CORNU_INLINE inline __attribute__((always_inline))

namespace cornu::vector::CORNU_ISA {

inline constexpr float kInfinity = __builtin_inff();
inline constexpr float kNan = __builtin_nanf("");
inline constexpr float kHalfPiHigh = 1.57079637f;     // pi / 2 rounded,
inline constexpr float kHalfPiLow = -4.37113883e-8f;  // and the rest
inline constexpr float kLn2 = 0.693147181f;

CORNU_INLINE float float_of_bits(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }
CORNU_INLINE std::uint32_t bits_of(float x) { return __builtin_bit_cast(std::uint32_t, x); }
CORNU_INLINE float truth(bool x) { return x ? 1.0f : 0.0f; }
CORNU_INLINE float absolute_of(float x) { return __builtin_fabsf(x); }

// 2^n for n from -126 to 127.
CORNU_INLINE float power_of_two(int n) { return float_of_bits(static_cast<std::uint32_t>(n + 127) << 23); }

// x rounded to the nearest whole number, for |x| < 2^22: adding 1.5 * 2^23 leaves no bits for a fraction.
struct Rounded {
  float number;
  int integer;
};
CORNU_INLINE Rounded rounded(float x) {
  constexpr float kShift = 12582912.0f;
  const float shifted = x + kShift;
  return {shifted - kShift, static_cast<int>(bits_of(shifted) - 0x4b400000u)};
}

struct RoundedDouble {
  double number;
  int integer;
};
CORNU_INLINE RoundedDouble rounded(double x) {
  constexpr double kShift = 6755399441055744.0;  // 1.5 * 2^52
  const double shifted = x + kShift;
  return {shifted - kShift, static_cast<int>(static_cast<std::uint32_t>(__builtin_bit_cast(std::uint64_t, shifted)))};
}

// --- exponential ---------------------------------------------------------------------------------------------------

struct Reduced {
  float rest;
  int exponent;
};

// x = exponent * ln 2 + rest, |rest| <= ln 2 / 2. ln 2 comes in two parts, of which the first has 9 bits: its product
// is exact.
CORNU_INLINE Reduced reduced_by_ln2(float x) {
  const Rounded n = rounded(x * 1.44269504f);
  return {(x - n.number * 0.693359375f) + n.number * 2.12194440e-4f, n.integer};
}

// exp(x) * 2^shift. Two factors make up the scale, so that results below the normal range are right too.
CORNU_INLINE float exp_scaled(float x, int shift) {
  float bounded = x > 90.0f ? 90.0f : x;
  bounded = bounded < -105.0f ? -105.0f : bounded;
  const Reduced reduced = reduced_by_ln2(bounded);
  const float r = reduced.rest;
  // (exp(r) - 1 - r) / r^2, 3.1e-9
  const float q =
      0.4999999337f + r * (0.1666651952f + r * (0.04166840108f + r * (0.008368851065f + r * 0.001381432063f)));
  const float p = 1.0f + (r + r * r * q);
  const int n = reduced.exponent + shift;
  return p * power_of_two(n >> 1) * power_of_two(n - (n >> 1));
}

CORNU_INLINE float exp_of(float x) { return exp_scaled(x, 0); }

CORNU_INLINE float expm1_of(float x) {
  float bounded = x > 89.0f ? 89.0f : x;
  bounded = bounded < -30.0f ? -30.0f : bounded;
  const Reduced reduced = reduced_by_ln2(bounded);
  const float r = reduced.rest;
  // (exp(r) - 1 - r) / r^2, 2.7e-10 relative to exp(r) - 1
  const float q =
      0.5000000054f +
      r * (0.1666666691f + r * (0.04166632434f + r * (0.008333219115f + r * (0.001394342039f + r * 0.0001996264461f))));
  const float p = r + r * r * q;
  // 2^n (p + 1) - 1, all halved so that 2^128 does not overflow before its time.
  const float half_scale = power_of_two(reduced.exponent - 1);
  const float result = 2.0f * (half_scale * p + (half_scale - 0.5f));
  return absolute_of(x) < 1e-10f ? x : result;
}

// --- logarithm -----------------------------------------------------------------------------------------------------

// log(1 + f) + exponent * ln 2 + correction, for 1 + f between sqrt(1/2) and sqrt(2)
CORNU_INLINE float log_of_parts(float f, float exponent, float correction) {
  // (log(1 + f) - f + f^2 / 2) / f^3, 5.9e-9
  const float p =
      0.3333333168f +
      f * (-0.2500082677f +
           f * (0.2000123584f +
                f * (-0.166231445f +
                     f * (0.1420136915f + f * (-0.1316200428f + f * (0.1276542562f + f * -0.07634385271f))))));
  const float square = f * f;
  const float low = f * square * p + (correction - exponent * 2.12194440e-4f);
  return exponent * 0.693359375f + (f - (0.5f * square - low));
}

struct Decomposed {
  float mantissa;  // between sqrt(1/2) and sqrt(2)
  int exponent;
};

CORNU_INLINE Decomposed decomposed(float x) {
  constexpr std::uint32_t kSqrtHalf = 0x3f3504f3u;
  const std::uint32_t offset = bits_of(x) - kSqrtHalf;
  return {float_of_bits((offset & 0x7fffffu) + kSqrtHalf), static_cast<int>(offset) >> 23};
}

// What a logarithm of `argument` gives where the formula does not hold: outside of (0, inf).
CORNU_INLINE float log_limits(float argument, float result) {
  const float upper = argument < kInfinity ? result : argument;
  const float lower = argument == 0.0f ? -kInfinity : upper;
  return argument < 0.0f ? kNan : lower;
}

CORNU_INLINE float log_of(float x) {
  const bool subnormal = x < 1.17549435e-38f;
  const Decomposed parts = decomposed(subnormal ? x * 8388608.0f : x);
  const float exponent = static_cast<float>(parts.exponent) - (subnormal ? 23.0f : 0.0f);
  return log_limits(x, log_of_parts(parts.mantissa - 1.0f, exponent, 0.0f));
}

CORNU_INLINE float log1p_of(float x) {
  const float u = 1.0f + x;
  const Decomposed parts = decomposed(u);
  const bool near_one = parts.exponent == 0;
  // What 1 + x lost to rounding.
  const float lost = u >= 2.0f ? 1.0f - (u - x) : x - (u - 1.0f);
  const float result = log_of_parts(near_one ? x : parts.mantissa - 1.0f, static_cast<float>(parts.exponent),
                                    near_one ? 0.0f : lost / u);
  return x == 0.0f ? x : log_limits(u, result);
}

// --- power ---------------------------------------------------------------------------------------------------------

// |x|^y = 2^(y log2|x|). The exponent reaches 128, where a float has 17 bits left for its fraction: hence double.
CORNU_INLINE float power_of(float x, float y) {
  const float magnitude = absolute_of(x);
  const bool subnormal = magnitude < 1.17549435e-38f;
  const Decomposed parts = decomposed(subnormal ? magnitude * 8388608.0f : magnitude);
  const double f = static_cast<double>(parts.mantissa) - 1.0;
  const double s = f / (f + 2.0);
  const double z = s * s;
  // log2((1 + s) / (1 - s)) / s, 4.4e-12
  const double log2_mantissa =
      s *
      (2.88539008179070917 +
       z * (0.961796672500006067 + z * (0.577083755604536533 + z * (0.411661956090581403 + z * 0.340937939038402844))));
  const float exponent = static_cast<float>(parts.exponent) - (subnormal ? 23.0f : 0.0f);
  double log2_magnitude = static_cast<double>(exponent) + log2_mantissa;
  log2_magnitude = magnitude == 0.0f ? static_cast<double>(-kInfinity) : log2_magnitude;
  log2_magnitude = magnitude < kInfinity ? log2_magnitude : static_cast<double>(magnitude);
  // 1^y, x^0, even where the other is infinite or NaN.
  const bool is_one = (y == 0.0f) | (log2_magnitude == 0.0);
  const double product = is_one ? 0.0 : static_cast<double>(y) * log2_magnitude;

  // Bounded so far out that the result has overflowed or vanished.
  double bounded = product > 200.0 ? 200.0 : product;
  bounded = bounded < -200.0 ? -200.0 : bounded;
  const RoundedDouble whole = rounded(bounded);
  const int n = whole.integer;
  const double t = bounded - whole.number;
  // 2^t, 1.9e-9
  const double p =
      1.0000000005541672 +
      t * (0.693147205737195073 +
           t * (0.240226468906381232 +
                t * (0.0555032877709557746 +
                     t * (0.00961848895714291347 + t * (0.00133999311825782843 + t * 0.000153458119484710191)))));
  float result = static_cast<float>(p) * power_of_two(n >> 1) * power_of_two(n - (n >> 1));

  // Floats of 2^24 and more are even integers, as 0 is.
  const float y_small = absolute_of(y) < 16777216.0f ? y : 0.0f;
  const int y_integer = static_cast<int>(y_small);
  const bool y_whole = (static_cast<float>(y_integer) == y_small) & (y == y);
  // A negative base to an odd power: the last bit of the exponent becomes the sign.
  const std::uint32_t odd_sign = y_whole ? static_cast<std::uint32_t>(y_integer) << 31 : 0u;
  result = float_of_bits(bits_of(result) ^ (bits_of(x) & odd_sign));
  const bool negative = (bits_of(x) >> 31) != 0;
  const bool finite_base = (magnitude > 0.0f) & (magnitude < kInfinity);
  return (negative & finite_base & !y_whole) ? kNan : result;
}

// --- activations and the error function ----------------------------------------------------------------------------

CORNU_INLINE float relu_of(float x) { return x < 0.0f ? 0.0f : x; }

CORNU_INLINE float sigmoid_of(float x) {
  const float e = exp_of(-absolute_of(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

CORNU_INLINE float softplus_of(float x) { return (x < 0.0f ? 0.0f : x) + log1p_of(exp_of(-absolute_of(x))); }

CORNU_INLINE float tanh_of(float x) {
  const float magnitude = absolute_of(x);
  const float t = expm1_of(2.0f * (magnitude > 10.0f ? 10.0f : magnitude));
  return __builtin_copysignf(t / (t + 2.0f), x);
}

CORNU_INLINE float erf_of(float x) {
  const float a = absolute_of(x);
  const float z = a * a;
  // erf(a) / a for a < 0.93, 4.6e-10
  const float near_zero =
      a * (1.128379167f +
           z * (-0.3761263319f +
                z * (0.1128368719f +
                     z * (-0.02685894154f + z * (0.005199906718f + z * (-0.0008130013097f + z * 8.316776602e-5f))))));
  // -log(erfc(a)) for a from 0.9 to 3.95, 6.0e-11 of erf; beyond, erf rounds to 1.
  const float b = a > 3.95f ? 3.95f : a;
  const float exponent =
      -0.000169203643f +
      b * (1.129488399f +
           b * (0.6334008673f +
                b * (0.1082203648f +
                     b * (-0.02508060322f + b * (0.004156249552f + b * (-0.0004313923903f + b * 2.082851072e-5f))))));
  const float far = 1.0f - exp_of(-exponent);
  return __builtin_copysignf(a < 0.92f ? near_zero : far, x);
}

CORNU_INLINE float erfinv_of(float x) {
  const float a = absolute_of(x);
  const float w = -log_of((1.0f - a) * (1.0f + a));
  // erfinv(x) / x in w = -log(1 - x^2): for w < 6, 5.2e-9
  const float u = w - 3.0f;
  const float central =
      1.623542015f +
      u * (0.2416304074f +
           u * (-0.005738193567f +
                u * (-0.0008361927186f +
                     u * (0.0001951276149f +
                          u * (-1.2708827e-5f +
                               u * (-1.77582804e-6f +
                                    u * (4.484222864e-7f +
                                         u * (-1.833567612e-8f + u * (-5.47359471e-9f + u * 6.255149179e-10f)))))))));
  // and in its root up to w = 16, which is the greatest float below 1; 2.0e-8
  const float v = __builtin_sqrtf(w < 6.0f ? 6.0f : w) - 3.2f;
  const float tail =
      3.033636545f +
      v * (1.00469185f + v * (0.005974872351f +
                              v * (-0.004281705659f +
                                   v * (0.002934473739f +
                                        v * (-0.002063022415f + v * (0.00113597973f + v * (-0.0002140346669f +
                                                                                           v * -0.0001000389774f)))))));
  const float result = x * (w < 6.0f ? central : tail);
  return a == 1.0f ? __builtin_copysignf(kInfinity, x) : result;
}

// --- trigonometric functions ---------------------------------------------------------------------------------------

struct Angle {
  float sine;  // of the rest between -pi/4 and pi/4
  float cosine;
  int quadrant;
};

// For |x| up to kAngleLimit: the rest of the division by pi/2 is exact to 2^-80 there, for its first part of 33 bits
// times the quotient of 20 bits is exact in double.
inline constexpr float kAngleLimit = 1048576.0f;
CORNU_INLINE Angle angle_of(float x) {
  const double wide = absolute_of(x) <= kAngleLimit ? static_cast<double>(x) : 0.0;
  const RoundedDouble quotient = rounded(wide * 0.63661977236758134);
  const auto r = static_cast<float>((wide - quotient.number * 1.57079632673412561417) -
                                    quotient.number * 6.07710050650619224932e-11);
  const float z = r * r;
  // (sin(r) - r) / r^3, 3.8e-9, and (cos(r) - 1 + r^2 / 2) / r^4, 1.2e-10
  const float sine = r + r * z * (-0.1666665454f + z * (0.008332156054f + z * -0.0001951463196f));
  const float cosine = 1.0f - (0.5f * z - z * z * (0.04166664555f + z * (-0.001388730987f + z * 2.443241298e-5f)));
  return {sine, cosine, quotient.integer};
}

CORNU_INLINE float sin_of(float x) {
  const Angle angle = angle_of(x);
  const float magnitude = (angle.quadrant & 1) != 0 ? angle.cosine : angle.sine;
  const float result = (angle.quadrant & 2) != 0 ? -magnitude : magnitude;
  return ((x == 0.0f) | (x != x)) ? x : result;
}

CORNU_INLINE float cos_of(float x) {
  const Angle angle = angle_of(x);
  const float magnitude = (angle.quadrant & 1) != 0 ? angle.sine : angle.cosine;
  const float result = ((angle.quadrant + 1) & 2) != 0 ? -magnitude : magnitude;
  return x != x ? x : result;
}

CORNU_INLINE float tan_of(float x) {
  const Angle angle = angle_of(x);
  const bool turned = (angle.quadrant & 1) != 0;
  const float result = (turned ? -angle.cosine : angle.sine) / (turned ? angle.sine : angle.cosine);
  return ((x == 0.0f) | (x != x)) ? x : result;
}

// atan of t between 0 and 1
CORNU_INLINE float atan_of_fraction(float t) {
  const float z = t * t;
  // (atan(t) - t) / t^3, 2.6e-9
  const float p =
      -0.3333329909f +
      z * (0.1999854829f +
           z * (-0.1426424179f +
                z * (0.1095218632f +
                     z * (-0.084034519f +
                          z * (0.05795761957f + z * (-0.03117787065f + z * (0.0109146184f + z * -0.001793624382f)))))));
  return t + t * z * p;
}

CORNU_INLINE float atan_of(float x) {
  const float a = absolute_of(x);
  const bool steep = a > 1.0f;
  const float angle = atan_of_fraction(steep ? 1.0f / a : a);
  return __builtin_copysignf(steep ? (kHalfPiHigh - angle) + kHalfPiLow : angle, x);
}

CORNU_INLINE float atan2_of(float y, float x) {
  const float ax = absolute_of(x);
  const float ay = absolute_of(y);
  const bool steep = ay > ax;
  const float longer = steep ? ay : ax;
  const float shorter = steep ? ax : ay;
  // 0/0 counts as 0 and inf/inf as 1.
  const float ratio = shorter == longer ? truth(longer > 0.0f) : shorter / longer;
  const float first = atan_of_fraction(ratio);
  const float second = steep ? (kHalfPiHigh - first) + kHalfPiLow : first;
  const bool backwards = (bits_of(x) >> 31) != 0;
  const float angle = backwards ? (2.0f * kHalfPiHigh - second) + 2.0f * kHalfPiLow : second;
  return ((x != x) | (y != y)) ? kNan : __builtin_copysignf(angle, y);
}

// asin of s given z = s^2 up to 1/4
CORNU_INLINE float asin_of_fraction(float s, float z) {
  // (asin(s) - s) / s^3, 5.0e-9
  return s +
         s * z *
             (0.1666675449f + z * (0.07495207285f + z * (0.04548275408f + z * (0.02411365164f + z * 0.04228572932f))));
}

// asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)) above 1/2
CORNU_INLINE float asin_of(float x) {
  const float a = absolute_of(x);
  const bool upper = a > 0.5f;
  const float z = upper ? 0.5f * (1.0f - a) : a * a;
  const float angle = asin_of_fraction(upper ? __builtin_sqrtf(z) : a, z);
  return __builtin_copysignf(upper ? (kHalfPiHigh - 2.0f * angle) + kHalfPiLow : angle, x);
}

CORNU_INLINE float acos_of(float x) {
  const float a = absolute_of(x);
  const bool outer = a > 0.5f;
  const float z = outer ? 0.5f * (1.0f - a) : a * a;
  const float angle = asin_of_fraction(outer ? __builtin_sqrtf(z) : x, z);
  const float end = x > 0.0f ? 2.0f * angle : (2.0f * kHalfPiHigh - 2.0f * angle) + 2.0f * kHalfPiLow;
  return outer ? end : kHalfPiHigh - (angle - kHalfPiLow);
}

// --- hyperbolic functions ------------------------------------------------------------------------------------------

CORNU_INLINE float sinh_of(float x) {
  const float a = absolute_of(x);
  const float t = expm1_of(a > 1.0f ? 1.0f : a);
  const float small = 0.5f * (t + t / (t + 1.0f));
  const float half_exp = exp_scaled(a, -1);
  const float large = half_exp - 0.25f / half_exp;
  return __builtin_copysignf(a < 1.0f ? (a < 1e-10f ? a : small) : large, x);
}

CORNU_INLINE float cosh_of(float x) {
  const float half_exp = exp_scaled(absolute_of(x), -1);
  return half_exp + 0.25f / half_exp;
}

// Above 1e9 the square root equals its argument, and the square would overflow.
CORNU_INLINE float asinh_of(float x) {
  const float a = absolute_of(x);
  const bool large = a > 1e9f;
  const float bounded = large ? 1.0f : a;
  const float square = bounded * bounded;
  const float argument = large ? a : a + square / (1.0f + __builtin_sqrtf(1.0f + square));
  return __builtin_copysignf(log1p_of(argument) + (large ? kLn2 : 0.0f), x);
}

CORNU_INLINE float acosh_of(float x) {
  const bool large = x > 1e9f;
  const float above_one = (large ? 1.0f : x) - 1.0f;
  const float argument = large ? x : above_one + __builtin_sqrtf(above_one * (above_one + 2.0f));
  return x < 1.0f ? kNan : log1p_of(argument) + (large ? kLn2 : 0.0f);
}

CORNU_INLINE float atanh_of(float x) {
  const float a = absolute_of(x);
  return __builtin_copysignf(0.5f * log1p_of(2.0f * a / (1.0f - a)), x);
}

// --- simple functions ----------------------------------------------------------------------------------------------

CORNU_INLINE float add_of(float x, float y) { return x + y; }
CORNU_INLINE float subtract_of(float x, float y) { return x - y; }
CORNU_INLINE float multiply_of(float x, float y) { return x * y; }
CORNU_INLINE float divide_of(float x, float y) { return x / y; }
CORNU_INLINE float maximum_of(float x, float y) { return ((x > y) | (x != x)) ? x : y; }
CORNU_INLINE float minimum_of(float x, float y) { return ((x < y) | (x != x)) ? x : y; }
CORNU_INLINE float negative_of(float x) { return -x; }
CORNU_INLINE float sign_of(float x) { return x > 0.0f ? 1.0f : (x < 0.0f ? -1.0f : x); }
CORNU_INLINE float square_of(float x) { return x * x; }
CORNU_INLINE float sqrt_of(float x) { return __builtin_sqrtf(x); }
CORNU_INLINE float rsqrt_of(float x) { return 1.0f / __builtin_sqrtf(x); }
CORNU_INLINE float reciprocal_of(float x) { return 1.0f / x; }
CORNU_INLINE float floor_of(float x) { return __builtin_floorf(x); }
CORNU_INLINE float ceil_of(float x) { return __builtin_ceilf(x); }
CORNU_INLINE float round_of(float x) { return __builtin_rintf(x); }
CORNU_INLINE float trunc_of(float x) { return __builtin_truncf(x); }

CORNU_INLINE float equal_of(float x, float y) { return truth(x == y); }
CORNU_INLINE float not_equal_of(float x, float y) { return truth(x != y); }
CORNU_INLINE float less_of(float x, float y) { return truth(x < y); }
CORNU_INLINE float less_equal_of(float x, float y) { return truth(x <= y); }
CORNU_INLINE float greater_of(float x, float y) { return truth(x > y); }
CORNU_INLINE float greater_equal_of(float x, float y) { return truth(x >= y); }
CORNU_INLINE float logical_and_of(float x, float y) { return truth((x != 0.0f) & (y != 0.0f)); }
CORNU_INLINE float logical_or_of(float x, float y) { return truth((x != 0.0f) | (y != 0.0f)); }
CORNU_INLINE float logical_xor_of(float x, float y) { return truth((x != 0.0f) != (y != 0.0f)); }
CORNU_INLINE float logical_not_of(float x) { return truth(x == 0.0f); }
CORNU_INLINE float isnan_of(float x) { return truth(x != x); }
CORNU_INLINE float isinf_of(float x) { return truth(absolute_of(x) == kInfinity); }
CORNU_INLINE float isfinite_of(float x) { return truth(absolute_of(x) < kInfinity); }
CORNU_INLINE float where_of(float condition, float x, float y) { return condition != 0.0f ? x : y; }
CORNU_INLINE float copy_of(float x) { return x; }
CORNU_INLINE float truth_of(float x) { return truth(x != 0.0f); }

}  // namespace cornu::vector::CORNU_ISA
