#include "framework/ops/special.h"

#include <cmath>
#include <numbers>

#include "framework/graph/node.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/elementwise.h"
#include "framework/ops/exponential.h"

namespace cornu::ops {
namespace {

// d erfinv(x) = sqrt(pi) / 2 exp(erfinv(x)^2) dx
const Operation& kErfinv = register_elementwise("erfinv", [](const Node& node, const Tensors& g) -> Tensors {
  return {g[0] * (exp(square(node.output(0))) * (0.5 / std::numbers::inv_sqrtpi))};
});

}  // namespace

Tensor erfinv(const Tensor& x) { return apply_floating(kErfinv, {x}); }

}  // namespace cornu::ops
