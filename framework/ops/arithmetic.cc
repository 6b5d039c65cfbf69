#include "framework/ops/arithmetic.h"

#include "framework/graph/node.h"
#include "framework/ops/comparison.h"
#include "framework/ops/elementwise.h"
#include "framework/ops/exponential.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

// Gradients of two operands, each summed over the axes along which it was broadcast.
Tensors unbroadcast_both(const Node& node, const Tensor& x, const Tensor& y) {
  return {unbroadcast(x, node.input(0).shape()), unbroadcast(y, node.input(1).shape())};
}

const Operation& kAdd =
    register_elementwise("add", [](const Node& node, const Tensors& g) { return unbroadcast_both(node, g[0], g[0]); });

const Operation& kSubtract = register_elementwise(
    "subtract", [](const Node& node, const Tensors& g) { return unbroadcast_both(node, g[0], negative(g[0])); });

// d(xy) = y dx + x dy
const Operation& kMultiply = register_elementwise("multiply", [](const Node& node, const Tensors& g) {
  return unbroadcast_both(node, g[0] * node.input(1), g[0] * node.input(0));
});

// d(x/y) = dx / y - (x/y) / y dy
const Operation& kDivide = register_elementwise("divide", [](const Node& node, const Tensors& g) {
  const Tensor dx = g[0] / node.input(1);
  return unbroadcast_both(node, dx, negative(dx * node.output(0)));
});

// Constant between its jumps: no gradient passes.
const Operation& kFloorDivide = register_elementwise(
    "floor_divide", [](const Node& node, const Tensors&) { return Tensors(node.inputs().size()); });

// x mod y = x - floor(x / y) y
const Operation& kMod = register_elementwise("mod", [](const Node& node, const Tensors& g) {
  return unbroadcast_both(node, g[0], negative(g[0] * floor_divide(node.input(0), node.input(1))));
});

// d(x^y) = y x^(y-1) dx + x^y log(x) dy; the logarithm counts only where x > 0
const Operation& kPower = register_elementwise("power", [](const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor& y = node.input(1);
  const Tensor positive = greater(x, 0.0);
  const Tensor logarithm = where(positive, log(where(positive, x, 1.0)), 0.0);
  return unbroadcast_both(node, g[0] * y * power(x, y - 1.0), g[0] * node.output(0) * logarithm);
});

// Keras (TensorFlow): all of the gradient to the first operand at equality.
const Operation& kMaximum = register_elementwise("maximum", [](const Node& node, const Tensors& g) {
  const Tensor first = greater_equal(node.input(0), node.input(1));
  return unbroadcast_both(node, where(first, g[0], 0.0), where(first, 0.0, g[0]));
});

const Operation& kMinimum = register_elementwise("minimum", [](const Node& node, const Tensors& g) {
  const Tensor first = less_equal(node.input(0), node.input(1));
  return unbroadcast_both(node, where(first, g[0], 0.0), where(first, 0.0, g[0]));
});

const Operation& kNegative =
    register_elementwise("negative", [](const Node&, const Tensors& g) -> Tensors { return {negative(g[0])}; });

const Operation& kAbsolute = register_elementwise(
    "absolute", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * sign(node.input(0))}; });

const Operation& kSign =
    register_elementwise("sign", [](const Node&, const Tensors& g) -> Tensors { return {g[0] * 0.0}; });

const Operation& kSquare = register_elementwise(
    "square", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * (node.input(0) * 2.0)}; });

// d sqrt(x) = dx / (2 sqrt(x))
const Operation& kSqrt = register_elementwise(
    "sqrt", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * 0.5 / node.output(0)}; });

// d x^(-1/2) = -1/2 x^(-3/2) dx
const Operation& kRsqrt = register_elementwise("rsqrt", [](const Node& node, const Tensors& g) -> Tensors {
  const Tensor y = node.output(0);
  return {g[0] * (y * y * y * -0.5)};
});

const Operation& kReciprocal = register_elementwise("reciprocal", [](const Node& node, const Tensors& g) -> Tensors {
  return {negative(g[0] * square(node.output(0)))};
});

}  // namespace

Tensor add(const Tensor& x, const Tensor& y) { return apply_elementwise(kAdd, {x, y}); }
Tensor subtract(const Tensor& x, const Tensor& y) { return apply_elementwise(kSubtract, {x, y}); }
Tensor multiply(const Tensor& x, const Tensor& y) { return apply_elementwise(kMultiply, {x, y}); }
Tensor divide(const Tensor& x, const Tensor& y) { return apply_floating(kDivide, {x, y}); }
Tensor floor_divide(const Tensor& x, const Tensor& y) { return apply_elementwise(kFloorDivide, {x, y}); }
Tensor mod(const Tensor& x, const Tensor& y) { return apply_elementwise(kMod, {x, y}); }
Tensor power(const Tensor& x, const Tensor& y) { return apply_elementwise(kPower, {x, y}); }
Tensor maximum(const Tensor& x, const Tensor& y) { return apply_elementwise(kMaximum, {x, y}); }
Tensor minimum(const Tensor& x, const Tensor& y) { return apply_elementwise(kMinimum, {x, y}); }
Tensor negative(const Tensor& x) { return apply_elementwise(kNegative, {x}); }
Tensor absolute(const Tensor& x) { return apply_elementwise(kAbsolute, {x}); }
Tensor sign(const Tensor& x) { return apply_elementwise(kSign, {x}); }
Tensor square(const Tensor& x) { return apply_elementwise(kSquare, {x}); }
Tensor sqrt(const Tensor& x) { return apply_floating(kSqrt, {x}); }
Tensor rsqrt(const Tensor& x) { return apply_floating(kRsqrt, {x}); }
Tensor reciprocal(const Tensor& x) { return apply_floating(kReciprocal, {x}); }

Tensor divide_no_nan(const Tensor& x, const Tensor& y) {
  // The inner `where` keeps the gradient finite: the untaken branch must not divide by zero either.
  const Tensor safe = not_equal(y, 0.0);
  return where(safe, divide(x, where(safe, y, 1.0)), 0.0);
}

Tensor clip(const Tensor& x, const Tensor& low, const Tensor& high) { return minimum(maximum(x, low), high); }

}  // namespace cornu::ops
