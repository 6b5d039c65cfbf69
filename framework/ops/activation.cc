#include "framework/ops/activation.h"

#include "framework/graph/node.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/elementwise.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

// From the output, so that the input need not be kept: y > 0 exactly where x > 0.
const Operation& kRelu = register_elementwise("relu", [](const Node& node, const Tensors& g) -> Tensors {
  return {where(greater(node.output(0), 0.0), g[0], 0.0)};
});

const Operation& kSigmoid = register_elementwise("sigmoid", [](const Node& node, const Tensors& g) -> Tensors {
  const Tensor y = node.output(0);
  return {g[0] * (y * (1.0 - y))};
});

const Operation& kTanh = register_elementwise(
    "tanh", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * (1.0 - square(node.output(0)))}; });

const Operation& kSoftplus = register_elementwise(
    "softplus", [](const Node& node, const Tensors& g) -> Tensors { return {g[0] * sigmoid(node.input(0))}; });

}  // namespace

Tensor relu(const Tensor& x) { return apply_elementwise(kRelu, {x}); }
Tensor sigmoid(const Tensor& x) { return apply_floating(kSigmoid, {x}); }
Tensor tanh(const Tensor& x) { return apply_floating(kTanh, {x}); }
Tensor softplus(const Tensor& x) { return apply_floating(kSoftplus, {x}); }

}  // namespace cornu::ops
