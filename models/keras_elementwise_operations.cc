// Operations of functional graphs that work element by element: `keras.src.ops.numpy`, `.math` and `.core`.

#include <cmath>
#include <limits>
#include <numbers>

#include "framework/ops/arithmetic.h"
#include "framework/ops/bitwise.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/closeness.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/heaviside.h"
#include "framework/ops/hypot.h"
#include "framework/ops/rounding.h"
#include "framework/ops/special.h"
#include "framework/ops/stop_gradient.h"
#include "framework/ops/trigonometric.h"
#include "framework/ops/where.h"
#include "models/keras_operation_settings.h"

namespace cornu {
namespace {

DType floating_dtype(const Tensor& x) { return result_type({{x.dtype(), x.is_weak()}, {DType::kFloat32, true}}); }

Tensor identity(const Tensor& x) { return x; }

Tensor scaled(const Tensor& x, double factor) { return ops::cast(x, floating_dtype(x)) * factor; }

// The real root, of negative numbers too.
Tensor cbrt(const Tensor& x) {
  const Tensor floating = ops::cast(x, floating_dtype(x));
  return ops::sign(floating) * ops::power(ops::absolute(floating), 1.0 / 3.0);
}

// sin(pi x) / (pi x), and 1 at 0. Where x is 0 the quotient is taken elsewhere, so that no NaN enters its gradient.
Tensor sinc(const Tensor& x) {
  const Tensor floating = ops::cast(x, floating_dtype(x));
  const Tensor is_zero = ops::equal(floating, 0.0);
  const Tensor angle = ops::where(is_zero, ops::ones_like(floating), floating) * std::numbers::pi;
  return ops::where(is_zero, ops::ones_like(floating), ops::sin(angle) / angle);
}

// log2(2^x + 2^y)
Tensor logaddexp2(const Tensor& x, const Tensor& y) {
  return ops::logaddexp(scaled(x, std::numbers::ln2), scaled(y, std::numbers::ln2)) * (1.0 / std::numbers::ln2);
}

Tensor is_positive_infinity(const Tensor& x) { return ops::logical_and(ops::isinf(x), ops::greater(x, 0.0)); }
Tensor is_negative_infinity(const Tensor& x) { return ops::logical_and(ops::isinf(x), ops::less(x, 0.0)); }

// The other operand where one is NaN.
Tensor fmax(const Tensor& x, const Tensor& y) {
  return ops::where(ops::isnan(x), y, ops::where(ops::isnan(y), x, ops::maximum(x, y)));
}
Tensor fmin(const Tensor& x, const Tensor& y) {
  return ops::where(ops::isnan(x), y, ops::where(ops::isnan(y), x, ops::minimum(x, y)));
}

// The rest with the sign of x, unlike `mod`.
Tensor fmod(const Tensor& x, const Tensor& y) {
  const Tensor rest = ops::mod(ops::absolute(x), ops::absolute(y));
  return ops::where(ops::less(x, 0), -rest, rest);
}

Tensor ldexp(const Tensor& x, const Tensor& exponent) { return ops::cast(x, floating_dtype(x)) * ops::exp2(exponent); }

Tensor erfc(const Tensor& x) { return Tensor(1.0) - ops::erf(x); }

// "x1" where the condition holds; without x1 and x2 Keras gives indices, whose number is not known before.
Outputs where(const OperationArguments& a) {
  return ops::where(ops::cast(a.tensor(0, "condition"), DType::kBool), a.tensor(1, "x1"), a.tensor(2, "x2"));
}

// Of several conditions the first that holds decides.
Outputs select(const OperationArguments& a) {
  const Tensors conditions = a.tensors(0, "condlist");
  const Tensors choices = a.tensors(1, "choicelist");
  Tensor result = a.has(2, "default") ? a.tensor(2, "default") : Tensor(0);
  for (std::size_t i = conditions.size(); i-- > 0;) {
    result = ops::where(ops::cast(conditions[i], DType::kBool), choices.at(i), result);
  }
  return result;
}

Outputs round(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  const std::int64_t decimals = a.config().get_int("decimals", 0);
  if (decimals == 0) return is_floating(x.dtype()) ? ops::round(x) : x;
  const double factor = std::pow(10.0, static_cast<double>(decimals));
  const Tensor rounded = ops::round(ops::cast(x, floating_dtype(x)) * factor) / factor;
  return ops::cast(rounded, x.dtype());
}

Outputs full_like(const OperationArguments& a) {
  const Tensor like = as_configured_dtype(a.tensor(0, "x"), a.config());
  return ops::zeros_like(like) + ops::cast(a.tensor(1, "fill_value"), like.dtype());
}

Outputs nan_to_num(const OperationArguments& a) {
  ops::NanToNumOptions options;
  options.nan = a.config().get_double("nan", options.nan);
  options.posinf = a.config().get_double("posinf", options.posinf);
  options.neginf = a.config().get_double("neginf", options.neginf);
  return ops::nan_to_num(a.tensor(0, "x"), options);
}

// Numbers outside the range of the dtype become its nearest.
Outputs saturate_cast(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  const DType dtype = dtype_of(a.config().at("dtype").as_string());
  if (!is_integer(dtype)) return ops::cast(x, dtype);
  double least = 0.0;
  double greatest = 0.0;
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_integral_v<T>) {
      least = static_cast<double>(std::numeric_limits<T>::min());
      greatest = static_cast<double>(std::numeric_limits<T>::max());
    }
  });
  return ops::cast(ops::clip(x, least, greatest), dtype);
}

Outputs isclose(const OperationArguments& a) {
  ops::ClosenessOptions options{.equal_nan = a.config().get_bool("equal_nan", false)};
  if (a.has(2, "rtol")) options.rtol = a.data(2, "rtol").as_double();
  if (a.has(3, "atol")) options.atol = a.data(3, "atol").as_double();
  return ops::isclose(a.tensor(0, "x1"), a.tensor(1, "x2"), options);
}

Outputs allclose(const OperationArguments& a) {
  ops::ClosenessOptions options{.equal_nan = a.config().get_bool("equal_nan", false)};
  options.rtol = a.config().get_double("rtol", options.rtol);
  options.atol = a.config().get_double("atol", options.atol);
  return ops::allclose(a.tensor(0, "x1"), a.tensor(1, "x2"), options);
}

const bool kRegistered = [] {
  register_binary("Add", ops::add);
  register_binary("Subtract", ops::subtract);
  register_binary("Multiply", ops::multiply);
  register_binary("Divide", ops::divide);
  register_binary("TrueDivide", ops::divide);
  register_binary("DivideNoNan", ops::divide_no_nan);
  register_binary("FloorDivide", ops::floor_divide);
  register_binary("Mod", ops::mod);
  register_binary("Fmod", fmod);
  register_binary("Power", ops::power);
  register_binary("Maximum", ops::maximum);
  register_binary("Minimum", ops::minimum);
  register_binary("Fmax", fmax);
  register_binary("Fmin", fmin);
  register_binary("Arctan2", ops::atan2);
  register_binary("Hypot", ops::hypot);
  register_binary("Heaviside", ops::heaviside);
  register_binary("Logaddexp", ops::logaddexp);
  register_binary("Logaddexp2", logaddexp2);
  register_binary("Ldexp", ldexp);
  register_binary("Equal", ops::equal);
  register_binary("NotEqual", ops::not_equal);
  register_binary("Less", ops::less);
  register_binary("LessEqual", ops::less_equal);
  register_binary("Greater", ops::greater);
  register_binary("GreaterEqual", ops::greater_equal);
  register_binary("LogicalAnd", ops::logical_and);
  register_binary("LogicalOr", ops::logical_or);
  register_binary("LogicalXor", ops::logical_xor);
  register_binary("BitwiseAnd", ops::bitwise_and, "x", "y");
  register_binary("BitwiseOr", ops::bitwise_or, "x", "y");
  register_binary("BitwiseXor", ops::bitwise_xor, "x", "y");
  register_binary("LeftShift", ops::left_shift, "x", "y");
  register_binary("BitwiseLeftShift", ops::left_shift, "x", "y");
  register_binary("RightShift", ops::right_shift, "x", "y");
  register_binary("BitwiseRightShift", ops::right_shift, "x", "y");
  register_unary("BitwiseNot", ops::bitwise_not);
  register_unary("BitwiseInvert", ops::bitwise_not);
  register_unary("LogicalNot", ops::logical_not);
  register_unary("Isnan", ops::isnan);
  register_unary("Isinf", ops::isinf);
  register_unary("Isposinf", is_positive_infinity);
  register_unary("Isneginf", is_negative_infinity);
  register_unary("Isfinite", ops::isfinite);
  register_unary("Absolute", ops::absolute);
  register_unary("Abs", ops::absolute);
  register_unary("Fabs", ops::absolute);
  register_unary("Negative", ops::negative);
  register_unary("Sign", ops::sign);
  register_unary("Square", ops::square);
  register_unary("Sqrt", ops::sqrt);
  register_unary("Rsqrt", ops::rsqrt);
  register_unary("Cbrt", cbrt);
  register_unary("Reciprocal", ops::reciprocal);
  register_unary("Exp", ops::exp);
  register_unary("Exp2", ops::exp2);
  register_unary("Expm1", ops::expm1);
  register_unary("Log", ops::log);
  register_unary("Log1p", ops::log1p);
  register_unary("Log2", ops::log2);
  register_unary("Log10", ops::log10);
  register_unary("Erf", ops::erf);
  register_unary("Erfc", erfc);
  register_unary("Erfinv", ops::erfinv);
  register_unary("Sin", ops::sin);
  register_unary("Cos", ops::cos);
  register_unary("Tan", ops::tan);
  register_unary("Arcsin", ops::asin);
  register_unary("Arccos", ops::acos);
  register_unary("Arctan", ops::atan);
  register_unary("Sinh", ops::sinh);
  register_unary("Cosh", ops::cosh);
  register_unary("Arcsinh", ops::asinh);
  register_unary("Arccosh", ops::acosh);
  register_unary("Arctanh", ops::atanh);
  register_unary("Sinc", sinc);
  register_unary("Deg2rad", [](const Tensor& x) { return scaled(x, std::numbers::pi / 180.0); });
  register_unary("Rad2deg", [](const Tensor& x) { return scaled(x, 180.0 / std::numbers::pi); });
  register_unary("Floor", ops::floor);
  register_unary("Ceil", ops::ceil);
  register_unary("Trunc", ops::trunc);
  register_unary("Copy", identity);
  // Of real numbers.
  register_unary("Real", identity);
  register_unary("Conj", identity);
  register_unary("Conjugate", identity);
  register_unary("Imag", ops::zeros_like);
  register_keras_operation("Round", round);
  register_keras_operation("Where", where);
  register_keras_operation("Select", select);
  register_keras_operation("FullLike", full_like);
  register_keras_operation("NanToNum", nan_to_num);
  register_keras_operation("SaturateCast", saturate_cast);
  register_keras_operation("Isclose", isclose);
  register_keras_operation("AllClose", allclose);
  register_keras_operation("ZerosLike", [](const OperationArguments& a) {
    return ops::zeros_like(as_configured_dtype(a.tensor(0, "x"), a.config()));
  });
  register_keras_operation("EmptyLike", [](const OperationArguments& a) {
    return ops::zeros_like(as_configured_dtype(a.tensor(0, "x"), a.config()));
  });
  register_keras_operation("OnesLike", [](const OperationArguments& a) {
    return ops::ones_like(as_configured_dtype(a.tensor(0, "x"), a.config()));
  });
  register_keras_operation("Clip", [](const OperationArguments& a) {
    return ops::clip(a.tensor(0, "x"), a.tensor(1, "x_min"), a.tensor(2, "x_max"));
  });
  register_keras_operation(
      "Cast", [](const OperationArguments& a) { return as_configured_dtype(a.tensor(0, "x"), a.config()); });
  register_keras_operation(
      "Array", [](const OperationArguments& a) { return as_configured_dtype(a.tensor(0, "x"), a.config()); });
  register_keras_operation(
      "ConvertToTensor", [](const OperationArguments& a) { return as_configured_dtype(a.tensor(0, "x"), a.config()); });
  return register_keras_operation(
      "StopGradient", [](const OperationArguments& a) { return ops::stop_gradient(a.tensor(0, "variable")); });
}();

}  // namespace
}  // namespace cornu
