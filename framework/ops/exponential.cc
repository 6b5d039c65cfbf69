#include "framework/ops/exponential.h"

#include <cmath>
#include <numbers>

#include "framework/graph/node.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

const Operation& kExp =
    register_elementwise("exp", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * node.output(0)}; });

const Operation& kExpm1 = register_elementwise(
    "expm1", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * (node.output(0) + 1.0)}; });

const Operation& kLog =
    register_elementwise("log", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] / node.input(0)}; });

const Operation& kLog1p = register_elementwise(
    "log1p", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] / (node.input(0) + 1.0)}; });

// d erf(x) = 2 / sqrt(pi) exp(-x^2) dx
const Operation& kErf = register_elementwise("erf", [](const Node& node, const Tensors& g) -> Tensors {
  return {g[0] * (exp(negative(square(node.input(0)))) * (2.0 * std::numbers::inv_sqrtpi))};
});

}  // namespace

Tensor exp(const Tensor& x) { return apply_floating(kExp, {x}); }
Tensor expm1(const Tensor& x) { return apply_floating(kExpm1, {x}); }
Tensor log(const Tensor& x) { return apply_floating(kLog, {x}); }
Tensor log1p(const Tensor& x) { return apply_floating(kLog1p, {x}); }
Tensor erf(const Tensor& x) { return apply_floating(kErf, {x}); }
Tensor log2(const Tensor& x) { return log(x) * std::numbers::log2e; }
Tensor log10(const Tensor& x) { return log(x) * std::numbers::log10e; }
Tensor exp2(const Tensor& x) { return exp(x * std::numbers::ln2); }

Tensor logaddexp(const Tensor& x, const Tensor& y) {
  const Tensor larger = maximum(x, y);
  return larger + log1p(exp(negative(absolute(x - y))));
}

}  // namespace cornu::ops
