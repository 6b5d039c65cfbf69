// What the kernels of elementwise chains are made of: element types and scalar functions (chain_source.h puts a kernel
// behind this text).
//
// The text is compiled when a program runs, by NVRTC, and by the tests with the host's compiler, which so run what the
// device runs. Both know <math.h>'s functions overloaded for float and double; nothing else is included. float16 and
// bfloat16 are converted by integer arithmetic for the same reason: the intrinsics of cuda_fp16.h have no host form.
//
// Truth is 1.0f or 0.0f between the steps of a chain, as on the CPU. Functions are templates over float and double.

#ifndef CORNU_CHAIN_FUNCTIONS
#define CORNU_CHAIN_FUNCTIONS

#ifdef __CUDACC_RTC__
#define CORNU_DEVICE __device__ __forceinline__
#define CORNU_UNROLL _Pragma("unroll")
#else
#include <math.h>
#include <string.h>
#define CORNU_DEVICE inline
#define CORNU_UNROLL
#endif

namespace chain {

template <typename To, typename From> CORNU_DEVICE To bits_as(From x) {
  static_assert(sizeof(To) == sizeof(From), "bits of another size");
  To result;
  memcpy(&result, &x, sizeof(result));
  return result;
}

CORNU_DEVICE float infinity_like(float) { return bits_as<float>(0x7f800000u); }
CORNU_DEVICE double infinity_like(double) { return bits_as<double>(0x7ff0000000000000ull); }
CORNU_DEVICE float nan_like(float) { return bits_as<float>(0x7fc00000u); }
CORNU_DEVICE double nan_like(double) { return bits_as<double>(0x7ff8000000000000ull); }

// --- float16 and bfloat16 ------------------------------------------------------------------------------------------

CORNU_DEVICE float float_of_half(unsigned short half) {
  const unsigned int magnitude = (half & 0x7fffu) << 13;
  // 2^112 moves the exponent into place, of subnormal numbers too.
  const float finite = bits_as<float>(magnitude) * bits_as<float>(0x77800000u);
  const float value = magnitude >= 0x0f800000u ? bits_as<float>(magnitude | 0x7f800000u) : finite;
  return bits_as<float>(bits_as<unsigned int>(value) | (half & 0x8000u) << 16);
}

CORNU_DEVICE unsigned short half_of_float(float x) {
  const unsigned int sign = (bits_as<unsigned int>(x) >> 16) & 0x8000u;
  const unsigned int magnitude = bits_as<unsigned int>(x) & 0x7fffffffu;
  const unsigned int normal = (magnitude + 0xfffu + ((magnitude >> 13) & 1u) - 0x38000000u) >> 13;
  // The last bit of 0.5f has the weight of the least half: the addition rounds.
  const unsigned int subnormal = bits_as<unsigned int>(bits_as<float>(magnitude) + 0.5f) - 0x3f000000u;
  const unsigned int finite = magnitude < 0x38800000u ? subnormal : normal;
  const unsigned int bounded = magnitude >= 0x477ff000u ? 0x7c00u : finite;
  return static_cast<unsigned short>(sign | (magnitude > 0x7f800000u ? 0x7e00u : bounded));
}

CORNU_DEVICE float float_of_bfloat16(unsigned short x) { return bits_as<float>(static_cast<unsigned int>(x) << 16); }

CORNU_DEVICE unsigned short bfloat16_of_float(float x) {
  const unsigned int bits = bits_as<unsigned int>(x);
  const unsigned int nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return static_cast<unsigned short>(x != x ? (bits >> 16) | 0x40u : nearest);
}

// --- element types -------------------------------------------------------------------------------------------------
//
// Each has the form in memory, the form between steps, both conversions, and `from`, the cast of another value.

struct Float32 {
  using Stored = float;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return x; }
  static CORNU_DEVICE Stored store(Value x) { return x; }
  template <typename T> static CORNU_DEVICE Value from(T x) { return static_cast<float>(x); }
};

struct Float64 {
  using Stored = double;
  using Value = double;
  static CORNU_DEVICE Value load(Stored x) { return x; }
  static CORNU_DEVICE Stored store(Value x) { return x; }
  template <typename T> static CORNU_DEVICE Value from(T x) { return static_cast<double>(x); }
};

struct Float16 {
  using Stored = unsigned short;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return float_of_half(x); }
  static CORNU_DEVICE Stored store(Value x) { return half_of_float(x); }
  template <typename T> static CORNU_DEVICE Value from(T x) { return load(store(static_cast<float>(x))); }
};

struct BFloat16 {
  using Stored = unsigned short;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return float_of_bfloat16(x); }
  static CORNU_DEVICE Stored store(Value x) { return bfloat16_of_float(x); }
  template <typename T> static CORNU_DEVICE Value from(T x) { return load(store(static_cast<float>(x))); }
};

struct Bool {
  using Stored = unsigned char;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return static_cast<float>(x); }
  static CORNU_DEVICE Stored store(Value x) { return x != 0.0f ? 1 : 0; }
  template <typename T> static CORNU_DEVICE Value from(T x) { return x != static_cast<T>(0) ? 1.0f : 0.0f; }
};

// Integers wrap around; floats are cut towards 0 and become the nearest integer where none fits, NaN becomes 0.
template <typename Integer, Integer kMinimum, Integer kMaximum> struct IntegerType {
  using Stored = Integer;
  using Value = long long;
  static CORNU_DEVICE Value load(Stored x) { return static_cast<Value>(x); }
  static CORNU_DEVICE Stored store(Value x) { return static_cast<Stored>(x); }
  static CORNU_DEVICE Value from(Value x) { return load(store(x)); }
  template <typename T> static CORNU_DEVICE Value from(T x) {
    // Both bounds are powers of 2 or 0, so they are exact.
    const T low = static_cast<T>(kMinimum);
    const T past_high = static_cast<T>(2) * static_cast<T>(kMaximum / 2 + 1);
    if (x > low && x < past_high) return load(static_cast<Stored>(x));
    return load(x >= past_high ? kMaximum : (x <= low ? kMinimum : static_cast<Stored>(0)));
  }
};

using Int8 = IntegerType<signed char, -128, 127>;
using Int32 = IntegerType<int, -2147483647 - 1, 2147483647>;
using Int64 = IntegerType<long long, -9223372036854775807ll - 1, 9223372036854775807ll>;
using UInt8 = IntegerType<unsigned char, 0, 255>;
using UInt32 = IntegerType<unsigned int, 0, 4294967295u>;

// --- several elements at once --------------------------------------------------------------------------------------

template <typename T, int kCount> struct alignas(sizeof(T) * kCount) Pack {
  T values[kCount];
};

template <int kCount, typename T> CORNU_DEVICE bool is_aligned(const T* pointer) {
  return (reinterpret_cast<unsigned long long>(pointer) & (sizeof(T) * kCount - 1)) == 0;
}

template <int kCount, typename T> CORNU_DEVICE Pack<T, kCount> load_pack(const T* pointer) {
  return *reinterpret_cast<const Pack<T, kCount>*>(pointer);
}

template <int kCount, typename T> CORNU_DEVICE void store_pack(T* pointer, const Pack<T, kCount>& pack) {
  *reinterpret_cast<Pack<T, kCount>*>(pointer) = pack;
}

// --- arithmetic ----------------------------------------------------------------------------------------------------

template <typename T> CORNU_DEVICE T add_of(T x, T y) { return x + y; }
template <typename T> CORNU_DEVICE T subtract_of(T x, T y) { return x - y; }
template <typename T> CORNU_DEVICE T multiply_of(T x, T y) { return x * y; }
template <typename T> CORNU_DEVICE T divide_of(T x, T y) { return x / y; }
template <typename T> CORNU_DEVICE T negative_of(T x) { return -x; }
template <typename T> CORNU_DEVICE T absolute_of(T x) { return fabs(x); }
template <typename T> CORNU_DEVICE T square_of(T x) { return x * x; }
template <typename T> CORNU_DEVICE T sqrt_of(T x) { return sqrt(x); }
template <typename T> CORNU_DEVICE T rsqrt_of(T x) { return static_cast<T>(1) / sqrt(x); }
template <typename T> CORNU_DEVICE T reciprocal_of(T x) { return static_cast<T>(1) / x; }
template <typename T> CORNU_DEVICE T power_of(T x, T y) { return pow(x, y); }

// As NumPy: NaN wins, and zeros have a sign.
template <typename T> CORNU_DEVICE T maximum_of(T x, T y) { return (x > y || x != x) ? x : y; }
template <typename T> CORNU_DEVICE T minimum_of(T x, T y) { return (x < y || x != x) ? x : y; }
template <typename T> CORNU_DEVICE T sign_of(T x) {
  return x > static_cast<T>(0) ? static_cast<T>(1) : (x < static_cast<T>(0) ? static_cast<T>(-1) : x);
}

// Rounded down; the rest, which fmod gives exactly, has the sign of the divisor.
template <typename T> CORNU_DEVICE T mod_of(T x, T y) {
  const T zero = static_cast<T>(0);
  const T rest = fmod(x, y);
  if (rest == zero) return copysign(zero, y);
  return (rest < zero) == (y < zero) ? rest : rest + y;
}

// In double: float's own quotient could round to the next integer.
template <typename T> CORNU_DEVICE T floor_divide_of(T x, T y) {
  const T zero = static_cast<T>(0);
  if (y == zero) return x / y;
  const T rest = fmod(x, y);
  const double exact = static_cast<double>(x) - static_cast<double>(rest);
  const double quotient = rint(exact / static_cast<double>(y));
  if (rest != zero && (rest < zero) != (y < zero)) return static_cast<T>(quotient - 1.0);
  return quotient == 0.0 ? copysign(zero, x / y) : static_cast<T>(quotient);
}

template <typename T> CORNU_DEVICE T floor_of(T x) { return floor(x); }
template <typename T> CORNU_DEVICE T ceil_of(T x) { return ceil(x); }
template <typename T> CORNU_DEVICE T round_of(T x) { return rint(x); }
template <typename T> CORNU_DEVICE T trunc_of(T x) { return trunc(x); }

// --- truth ---------------------------------------------------------------------------------------------------------

CORNU_DEVICE float truth(bool x) { return x ? 1.0f : 0.0f; }

template <typename T> CORNU_DEVICE float equal_of(T x, T y) { return truth(x == y); }
template <typename T> CORNU_DEVICE float not_equal_of(T x, T y) { return truth(x != y); }
template <typename T> CORNU_DEVICE float less_of(T x, T y) { return truth(x < y); }
template <typename T> CORNU_DEVICE float less_equal_of(T x, T y) { return truth(x <= y); }
template <typename T> CORNU_DEVICE float greater_of(T x, T y) { return truth(x > y); }
template <typename T> CORNU_DEVICE float greater_equal_of(T x, T y) { return truth(x >= y); }
template <typename T> CORNU_DEVICE float logical_and_of(T x, T y) {
  return truth(x != static_cast<T>(0) && y != static_cast<T>(0));
}
template <typename T> CORNU_DEVICE float logical_or_of(T x, T y) {
  return truth(x != static_cast<T>(0) || y != static_cast<T>(0));
}
template <typename T> CORNU_DEVICE float logical_xor_of(T x, T y) {
  return truth((x != static_cast<T>(0)) != (y != static_cast<T>(0)));
}
template <typename T> CORNU_DEVICE float logical_not_of(T x) { return truth(x == static_cast<T>(0)); }
template <typename T> CORNU_DEVICE float isnan_of(T x) { return truth(x != x); }
template <typename T> CORNU_DEVICE float isinf_of(T x) { return truth(fabs(x) == infinity_like(x)); }
template <typename T> CORNU_DEVICE float isfinite_of(T x) { return truth(fabs(x) < infinity_like(x)); }
template <typename T> CORNU_DEVICE T where_of(float condition, T x, T y) { return condition != 0.0f ? x : y; }

// --- exponential functions and activations -------------------------------------------------------------------------

template <typename T> CORNU_DEVICE T exp_of(T x) { return exp(x); }
template <typename T> CORNU_DEVICE T expm1_of(T x) { return expm1(x); }
template <typename T> CORNU_DEVICE T log_of(T x) { return log(x); }
template <typename T> CORNU_DEVICE T log1p_of(T x) { return log1p(x); }
template <typename T> CORNU_DEVICE T erf_of(T x) { return erf(x); }
template <typename T> CORNU_DEVICE T lgamma_of(T x) { return lgamma(x); }
template <typename T> CORNU_DEVICE T relu_of(T x) { return x < static_cast<T>(0) ? static_cast<T>(0) : x; }

template <typename T> CORNU_DEVICE T sigmoid_of(T x) {
  const T e = exp(-fabs(x));
  return (x < static_cast<T>(0) ? e : static_cast<T>(1)) / (static_cast<T>(1) + e);
}

template <typename T> CORNU_DEVICE T softplus_of(T x) {
  return (x < static_cast<T>(0) ? static_cast<T>(0) : x) + log1p(exp(-fabs(x)));
}

CORNU_DEVICE float erfinv_of(float x) {
  const float a = fabs(x);
  const float w = -log((1.0f - a) * (1.0f + a));
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
  const float v = sqrt(w < 6.0f ? 6.0f : w) - 3.2f;
  const float tail =
      3.033636545f +
      v * (1.00469185f + v * (0.005974872351f +
                              v * (-0.004281705659f +
                                   v * (0.002934473739f +
                                        v * (-0.002063022415f + v * (0.00113597973f + v * (-0.0002140346669f +
                                                                                           v * -0.0001000389774f)))))));
  const float result = x * (w < 6.0f ? central : tail);
  return a == 1.0f ? copysign(infinity_like(x), x) : result;
}

// The root of erf(y) = x by Halley's steps; near the ends that of erfc(y) = 1 - x, for erf has no digits left there.
CORNU_DEVICE double erfinv_of(double x) {
  const double a = fabs(x);
  if (!(a < 1.0)) return a == 1.0 ? copysign(infinity_like(x), x) : nan_like(x);
  // Winitzki (2008), good to 0.2 %.
  const double pi = 3.14159265358979323846;
  const double k = 0.147;
  const double l = log1p(-a * a);
  const double b = 2.0 / (pi * k) + 0.5 * l;
  double y = sqrt(sqrt(b * b - l / k) - b);
  for (int step = 0; step < 4; ++step) {
    const double error = a < 0.5 ? erf(y) - a : (1.0 - a) - erfc(y);
    const double slope = 1.12837916709551257390 * exp(-y * y);
    // The second derivative of erf is -2y times the first.
    const double newton = error / slope;
    y -= newton / (1.0 + y * newton);
  }
  return copysign(y, x);
}

// --- trigonometric and hyperbolic functions ------------------------------------------------------------------------

template <typename T> CORNU_DEVICE T sin_of(T x) { return sin(x); }
template <typename T> CORNU_DEVICE T cos_of(T x) { return cos(x); }
template <typename T> CORNU_DEVICE T tan_of(T x) { return tan(x); }
template <typename T> CORNU_DEVICE T asin_of(T x) { return asin(x); }
template <typename T> CORNU_DEVICE T acos_of(T x) { return acos(x); }
template <typename T> CORNU_DEVICE T atan_of(T x) { return atan(x); }
template <typename T> CORNU_DEVICE T atan2_of(T y, T x) { return atan2(y, x); }
template <typename T> CORNU_DEVICE T sinh_of(T x) { return sinh(x); }
template <typename T> CORNU_DEVICE T cosh_of(T x) { return cosh(x); }
template <typename T> CORNU_DEVICE T tanh_of(T x) { return tanh(x); }
template <typename T> CORNU_DEVICE T asinh_of(T x) { return asinh(x); }
template <typename T> CORNU_DEVICE T acosh_of(T x) { return acosh(x); }
template <typename T> CORNU_DEVICE T atanh_of(T x) { return atanh(x); }

}  // namespace chain

#endif
