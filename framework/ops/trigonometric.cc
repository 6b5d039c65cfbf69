#include "framework/ops/trigonometric.h"

#include "framework/graph/node.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

// Registers a function of one operand, given its derivative at (x, f(x)).
using Derivative = Tensor (*)(const Tensor& x, const Tensor& y);
const Operation& register_function(std::string name, Derivative derivative) {
  return register_elementwise(std::move(name), [derivative](const Node& node, const Tensors& g) -> Tensors {
    return {g[0] * derivative(node.input(0), node.output(0))};
  });
}

const Operation& kSin = register_function("sin", [](const Tensor& x, const Tensor&) { return cos(x); });
const Operation& kCos = register_function("cos", [](const Tensor& x, const Tensor&) { return negative(sin(x)); });
// 1 / cos^2 = 1 + tan^2
const Operation& kTan = register_function("tan", [](const Tensor&, const Tensor& y) { return square(y) + 1.0; });
const Operation& kAsin =
    register_function("asin", [](const Tensor& x, const Tensor&) { return rsqrt(1.0 - square(x)); });
const Operation& kAcos =
    register_function("acos", [](const Tensor& x, const Tensor&) { return negative(rsqrt(1.0 - square(x))); });
const Operation& kAtan =
    register_function("atan", [](const Tensor& x, const Tensor&) { return reciprocal(square(x) + 1.0); });
const Operation& kSinh = register_function("sinh", [](const Tensor& x, const Tensor&) { return cosh(x); });
const Operation& kCosh = register_function("cosh", [](const Tensor& x, const Tensor&) { return sinh(x); });
const Operation& kAsinh =
    register_function("asinh", [](const Tensor& x, const Tensor&) { return rsqrt(square(x) + 1.0); });
// By two roots: x^2 - 1 would cost digits near 1.
const Operation& kAcosh =
    register_function("acosh", [](const Tensor& x, const Tensor&) { return rsqrt(x - 1.0) * rsqrt(x + 1.0); });
const Operation& kAtanh =
    register_function("atanh", [](const Tensor& x, const Tensor&) { return reciprocal(1.0 - square(x)); });

// d atan2(y, x) = (x dy - y dx) / (x^2 + y^2)
const Operation& kAtan2 = register_elementwise("atan2", [](const Node& node, const Tensors& g) -> Tensors {
  const Tensor& y = node.input(0);
  const Tensor& x = node.input(1);
  const Tensor scaled = g[0] / (square(x) + square(y));
  return {unbroadcast(scaled * x, y.shape()), unbroadcast(negative(scaled * y), x.shape())};
});

}  // namespace

Tensor sin(const Tensor& x) { return apply_floating(kSin, {x}); }
Tensor cos(const Tensor& x) { return apply_floating(kCos, {x}); }
Tensor tan(const Tensor& x) { return apply_floating(kTan, {x}); }
Tensor asin(const Tensor& x) { return apply_floating(kAsin, {x}); }
Tensor acos(const Tensor& x) { return apply_floating(kAcos, {x}); }
Tensor atan(const Tensor& x) { return apply_floating(kAtan, {x}); }
Tensor atan2(const Tensor& y, const Tensor& x) { return apply_floating(kAtan2, {y, x}); }
Tensor sinh(const Tensor& x) { return apply_floating(kSinh, {x}); }
Tensor cosh(const Tensor& x) { return apply_floating(kCosh, {x}); }
Tensor asinh(const Tensor& x) { return apply_floating(kAsinh, {x}); }
Tensor acosh(const Tensor& x) { return apply_floating(kAcosh, {x}); }
Tensor atanh(const Tensor& x) { return apply_floating(kAtanh, {x}); }

}  // namespace cornu::ops
