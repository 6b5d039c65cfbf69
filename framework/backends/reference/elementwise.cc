// Elementwise operations as plain loops: one table of scalar functions, one loop.
//
// Floating elements are computed in double and rounded once to the dtype of the result, which makes these kernels good
// judges of faster ones. Integers are computed in int64 and wrap around when stored, as NumPy's do. bool is an integer
// that is stored as "not 0".

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numbers>
#include <string>
#include <type_traits>
#include <vector>

#include "framework/kernel.h"

namespace cornu {
namespace {

using std::int64_t;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The value of an element from those of the operands' elements.
using FloatingFunction = double (*)(const double* operands);
using IntegerFunction = int64_t (*)(const int64_t* operands);

struct ScalarFunctions {
  FloatingFunction floating;
  IntegerFunction integer = nullptr;  // null: the operation has no meaning for integers
};

// Unsigned arithmetic wraps around where signed arithmetic would be undefined.
int64_t wrapped(std::uint64_t value) { return static_cast<int64_t>(value); }
std::uint64_t bits(int64_t value) { return static_cast<std::uint64_t>(value); }

// --- division, rounded down; the rest has the sign of the divisor --------------------------------------------------

double floating_mod(double x, double y) {
  const double rest = std::fmod(x, y);
  if (rest == 0) return std::copysign(0.0, y);
  return (rest < 0) == (y < 0) ? rest : rest + y;
}

double floating_floor_divide(double x, double y) {
  if (y == 0) return x / y;
  const double rest = std::fmod(x, y);
  // Without the rest the quotient is whole but for rounding.
  const double quotient = std::nearbyint((x - rest) / y);
  if (rest != 0 && (rest < 0) != (y < 0)) return quotient - 1;
  return quotient == 0 ? std::copysign(0.0, x / y) : quotient;
}

// Division by 0 gives 0, and -1 is taken apart: the smallest integer divided by -1 traps on some machines.
int64_t integer_mod(int64_t x, int64_t y) {
  if (y == 0 || y == -1) return 0;
  const int64_t rest = x % y;
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

int64_t integer_floor_divide(int64_t x, int64_t y) {
  if (y == 0) return 0;
  if (y == -1) return wrapped(0 - bits(x));
  const int64_t quotient = x / y;
  return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient;
}

// --- powers and shifts ---------------------------------------------------------------------------------------------

int64_t integer_power(int64_t x, int64_t exponent) {
  if (exponent < 0) return x == 1 ? 1 : x == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  std::uint64_t result = 1;
  std::uint64_t factor = bits(x);
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= factor;
    factor *= factor;
  }
  return wrapped(result);
}

int64_t left_shift(int64_t x, int64_t count) { return count < 0 || count > 63 ? 0 : wrapped(bits(x) << count); }
int64_t right_shift(int64_t x, int64_t count) { return x >> (count < 0 || count > 63 ? 63 : count); }

// --- functions that <cmath> lacks ----------------------------------------------------------------------------------

// As NumPy: NaN wins.
double floating_maximum(double x, double y) { return std::isnan(x) || x > y ? x : y; }
double floating_minimum(double x, double y) { return std::isnan(x) || x < y ? x : y; }

template <typename T> T sign_of(T x) { return x > 0 ? T{1} : x < 0 ? T{-1} : x; }

double sigmoid_of(double x) {
  const double e = std::exp(-std::abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

double softplus_of(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); }

// The root of erf(y) = x by Halley's steps; near the ends that of erfc(y) = 1 - x, for erf has no digits left there.
double erfinv_of(double x) {
  const double a = std::abs(x);
  if (!(a < 1)) return a == 1 ? std::copysign(kInfinity, x) : kNan;
  // Winitzki (2008), good to 0.2 %.
  constexpr double kA = 0.147;
  const double l = std::log1p(-a * a);
  const double b = 2 / (std::numbers::pi * kA) + l / 2;
  double y = std::sqrt(std::sqrt(b * b - l / kA) - b);
  for (int step = 0; step < 4; ++step) {
    const double error = a < 0.5 ? std::erf(y) - a : (1 - a) - std::erfc(y);
    const double slope = 2 * std::numbers::inv_sqrtpi * std::exp(-y * y);
    // The second derivative of erf is -2y times the first.
    const double newton = error / slope;
    y -= newton / (1 + y * newton);
  }
  return std::copysign(y, x);
}

double round_half_even(double x) { return std::nearbyint(x); }

// --- the table -----------------------------------------------------------------------------------------------------

// NOLINTBEGIN(bugprone-macro-parentheses): the macros paste an expression in x, y, z into two lambdas.
#define FLOATING(expression)                \
  [](const double* v) -> double {           \
    [[maybe_unused]] const double x = v[0]; \
    return expression;                      \
  }
#define INTEGER(expression)                  \
  [](const int64_t* v) -> int64_t {          \
    [[maybe_unused]] const int64_t x = v[0]; \
    return expression;                       \
  }
#define BOTH(expression) \
  { FLOATING(expression), INTEGER(expression) }

const std::map<std::string, ScalarFunctions>& scalar_functions() {
  static const std::map<std::string, ScalarFunctions> table{
      {"add", {FLOATING(x + v[1]), INTEGER(wrapped(bits(x) + bits(v[1])))}},
      {"subtract", {FLOATING(x - v[1]), INTEGER(wrapped(bits(x) - bits(v[1])))}},
      {"multiply", {FLOATING(x * v[1]), INTEGER(wrapped(bits(x) * bits(v[1])))}},
      {"divide",
       {FLOATING(x / v[1]), INTEGER(v[1] == -1  ? wrapped(0 - bits(x))
                                    : v[1] == 0 ? 0
                                                : x / v[1])}},
      {"floor_divide", {FLOATING(floating_floor_divide(x, v[1])), INTEGER(integer_floor_divide(x, v[1]))}},
      {"mod", {FLOATING(floating_mod(x, v[1])), INTEGER(integer_mod(x, v[1]))}},
      {"power", {FLOATING(std::pow(x, v[1])), INTEGER(integer_power(x, v[1]))}},
      {"maximum", {FLOATING(floating_maximum(x, v[1])), INTEGER(x > v[1] ? x : v[1])}},
      {"minimum", {FLOATING(floating_minimum(x, v[1])), INTEGER(x < v[1] ? x : v[1])}},
      {"negative", {FLOATING(-x), INTEGER(wrapped(0 - bits(x)))}},
      {"absolute", {FLOATING(std::abs(x)), INTEGER(x < 0 ? wrapped(0 - bits(x)) : x)}},
      {"sign", BOTH(sign_of(x))},
      {"square", {FLOATING(x * x), INTEGER(wrapped(bits(x) * bits(x)))}},
      {"sqrt", {FLOATING(std::sqrt(x))}},
      {"rsqrt", {FLOATING(1 / std::sqrt(x))}},
      {"reciprocal", {FLOATING(1 / x)}},

      {"equal", BOTH(x == v[1])},
      {"not_equal", BOTH(x != v[1])},
      {"less", BOTH(x < v[1])},
      {"less_equal", BOTH(x <= v[1])},
      {"greater", BOTH(x > v[1])},
      {"greater_equal", BOTH(x >= v[1])},
      {"logical_and", BOTH(x != 0 && v[1] != 0)},
      {"logical_or", BOTH(x != 0 || v[1] != 0)},
      {"logical_xor", BOTH((x != 0) != (v[1] != 0))},
      {"logical_not", BOTH(x == 0)},
      {"isnan", {FLOATING(std::isnan(x)), INTEGER(0)}},
      {"isinf", {FLOATING(std::isinf(x)), INTEGER(0)}},
      {"isfinite", {FLOATING(std::isfinite(x)), INTEGER(1)}},
      {"where", BOTH(x != 0 ? v[1] : v[2])},

      {"exp", {FLOATING(std::exp(x))}},
      {"expm1", {FLOATING(std::expm1(x))}},
      {"log", {FLOATING(std::log(x))}},
      {"log1p", {FLOATING(std::log1p(x))}},
      {"erf", {FLOATING(std::erf(x))}},
      {"erfinv", {FLOATING(erfinv_of(x))}},
      {"lgamma", {FLOATING(std::lgamma(x))}},
      {"relu", BOTH(x < 0 ? 0 : x)},
      {"sigmoid", {FLOATING(sigmoid_of(x))}},
      {"softplus", {FLOATING(softplus_of(x))}},

      {"sin", {FLOATING(std::sin(x))}},
      {"cos", {FLOATING(std::cos(x))}},
      {"tan", {FLOATING(std::tan(x))}},
      {"asin", {FLOATING(std::asin(x))}},
      {"acos", {FLOATING(std::acos(x))}},
      {"atan", {FLOATING(std::atan(x))}},
      {"atan2", {FLOATING(std::atan2(x, v[1]))}},
      {"sinh", {FLOATING(std::sinh(x))}},
      {"cosh", {FLOATING(std::cosh(x))}},
      {"tanh", {FLOATING(std::tanh(x))}},
      {"asinh", {FLOATING(std::asinh(x))}},
      {"acosh", {FLOATING(std::acosh(x))}},
      {"atanh", {FLOATING(std::atanh(x))}},

      {"floor", {FLOATING(std::floor(x)), INTEGER(x)}},
      {"ceil", {FLOATING(std::ceil(x)), INTEGER(x)}},
      {"round", {FLOATING(round_half_even(x)), INTEGER(x)}},
      {"trunc", {FLOATING(std::trunc(x)), INTEGER(x)}},

      {"bitwise_and", {nullptr, INTEGER(x & v[1])}},
      {"bitwise_or", {nullptr, INTEGER(x | v[1])}},
      {"bitwise_xor", {nullptr, INTEGER(x ^ v[1])}},
      {"bitwise_not", {nullptr, INTEGER(~x)}},
      {"left_shift", {nullptr, INTEGER(left_shift(x, v[1]))}},
      {"right_shift", {nullptr, INTEGER(right_shift(x, v[1]))}},
  };
  return table;
}

#undef BOTH
#undef INTEGER
#undef FLOATING
// NOLINTEND(bugprone-macro-parentheses)

// --- conversions ---------------------------------------------------------------------------------------------------

template <typename T> constexpr bool kIsLowPrecision = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

// Between any two element types. A float becomes an integer by cutting towards 0; what the integer type cannot hold
// becomes its nearest value, and NaN becomes 0.
template <typename To, typename From> To converted(From value) {
  if constexpr (kIsLowPrecision<From>) {
    return converted<To>(static_cast<float>(value));
  } else if constexpr (kIsLowPrecision<To>) {
    return To(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // Both bounds are powers of 2 (or 0), so they are exact in any float.
    constexpr auto kLow = static_cast<double>(std::numeric_limits<To>::min());
    const double kPastHigh = std::ldexp(1.0, std::numeric_limits<To>::digits);
    const auto wide = static_cast<double>(value);
    if (std::isnan(wide)) return 0;
    if (wide < kLow) return std::numeric_limits<To>::min();
    return wide >= kPastHigh ? std::numeric_limits<To>::max() : static_cast<To>(wide);
  } else {
    return static_cast<To>(value);
  }
}

template <typename Value> using Load = Value (*)(const void* data, int64_t index);
template <typename Value> using Store = void (*)(Value value, void* data, int64_t index);

template <typename Value> Load<Value> load_of(DType dtype) {
  return visit_dtype(dtype, [](auto zero) -> Load<Value> {
    using T = decltype(zero);
    return [](const void* data, int64_t index) { return converted<Value>(static_cast<const T*>(data)[index]); };
  });
}

template <typename Value> Store<Value> store_of(DType dtype) {
  return visit_dtype(dtype, [](auto zero) -> Store<Value> {
    using T = decltype(zero);
    return [](Value value, void* data, int64_t index) { static_cast<T*>(data)[index] = converted<T>(value); };
  });
}

// --- the loop ------------------------------------------------------------------------------------------------------

// Steps through an operand as the index of the output advances: 0 along axes over which the operand is broadcast.
std::vector<int64_t> broadcast_strides(const Shape& operand, const Shape& output) {
  std::vector<int64_t> strides(static_cast<std::size_t>(output.rank()), 0);
  const std::vector<int64_t> own = row_major_strides(operand);
  const auto added = static_cast<std::size_t>(output.rank() - operand.rank());
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (operand.dims()[i] != 1) strides[added + i] = own[i];
  }
  return strides;
}

template <typename Value> class ElementwiseKernel final : public Kernel {
 public:
  using Function = Value (*)(const Value* operands);

  ElementwiseKernel(const KernelRequest& request, Function function)
      : function_(function), shape_(request.outputs[0].shape), store_(store_of<Value>(request.outputs[0].dtype)) {
    for (const TensorSpec& input : request.inputs) {
      operands_.push_back({load_of<Value>(input.dtype), broadcast_strides(input.shape, shape_)});
    }
  }

  void run(const KernelArguments& arguments) const override {
    const int64_t count = shape_.num_elements();
    for (int64_t i = 0; i < count; ++i) {
      Value values[kMaxOperands] = {};
      for (std::size_t k = 0; k < operands_.size(); ++k) {
        values[k] = operands_[k].load(arguments.inputs[k], offset(operands_[k].strides, i));
      }
      store_(function_(values), arguments.outputs[0], i);
    }
  }

 private:
  static constexpr std::size_t kMaxOperands = 3;

  struct Operand {
    Load<Value> load;
    std::vector<int64_t> strides;
  };

  // Where the operand has the element for element `index` of the output.
  int64_t offset(const std::vector<int64_t>& strides, int64_t index) const {
    int64_t result = 0;
    for (std::size_t axis = strides.size(); axis-- > 0;) {
      result += index % shape_.dims()[axis] * strides[axis];
      index /= shape_.dims()[axis];
    }
    return result;
  }

  Function function_;
  Shape shape_;
  Store<Value> store_;
  std::vector<Operand> operands_;
};

std::unique_ptr<Kernel> compile_elementwise(const KernelRequest& request) {
  const ScalarFunctions& functions = scalar_functions().at(request.operation);
  // Of "where" the first operand is a condition; all others are of one dtype.
  const DType dtype = request.inputs.back().dtype;
  if (is_floating(dtype)) {
    if (!functions.floating) return nullptr;
    return std::make_unique<ElementwiseKernel<double>>(request, functions.floating);
  }
  // ~1 is not 0, yet "not true" is false.
  const bool negates_bool = dtype == DType::kBool && request.operation == "bitwise_not";
  const IntegerFunction function = negates_bool ? scalar_functions().at("logical_not").integer : functions.integer;
  if (!function) return nullptr;
  return std::make_unique<ElementwiseKernel<int64_t>>(request, function);
}

std::unique_ptr<Kernel> compile_cast(const KernelRequest& request) {
  // Integers go through int64 so that none loses digits; to and from float64 nothing is lost in double.
  if (is_floating(request.inputs[0].dtype)) {
    return std::make_unique<ElementwiseKernel<double>>(request, [](const double* v) { return *v; });
  }
  return std::make_unique<ElementwiseKernel<int64_t>>(request, [](const int64_t* v) { return *v; });
}

const bool kRegistered = [] {
  for (const auto& [name, functions] : scalar_functions()) {
    register_kernel(name, Backend::kReference, compile_elementwise);
  }
  return register_kernel("cast", Backend::kReference, compile_cast);
}();

}  // namespace
}  // namespace cornu
