// The scalar functions of elementwise chains (chain_source.h): NAME_of for the operation NAME.
//
// Truth is 1.0f or 0.0f between the steps of a chain, as on the CPU. Functions are templates over float and double.

namespace device {

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

// Integers wrap around, which signed ones may not do in C++.
CORNU_DEVICE long long wrapped(unsigned long long x) { return static_cast<long long>(x); }
CORNU_DEVICE unsigned long long bits_of(long long x) { return static_cast<unsigned long long>(x); }
CORNU_DEVICE long long add_of(long long x, long long y) { return wrapped(bits_of(x) + bits_of(y)); }
CORNU_DEVICE long long subtract_of(long long x, long long y) { return wrapped(bits_of(x) - bits_of(y)); }
CORNU_DEVICE long long multiply_of(long long x, long long y) { return wrapped(bits_of(x) * bits_of(y)); }
CORNU_DEVICE long long negative_of(long long x) { return wrapped(0 - bits_of(x)); }
CORNU_DEVICE long long absolute_of(long long x) { return x < 0 ? negative_of(x) : x; }
CORNU_DEVICE long long square_of(long long x) { return multiply_of(x, x); }

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

}  // namespace device
