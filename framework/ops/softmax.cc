#include "framework/ops/softmax.h"

#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_softmax(std::span<const TensorSpec> inputs, const Attributes&) { return {inputs[0]}; }

// y = softmax(x): dx = y (dy - sum(dy y))
Tensor softmax_gradient_composition(const Tensor& y, const Tensor& dy, std::int64_t axis) {
  return y * (dy - sum(dy * y, {.axis = axis, .keepdims = true}));
}

// y = log_softmax(x): dx = dy - exp(y) sum(dy)
Tensor log_softmax_gradient_composition(const Tensor& y, const Tensor& dy, std::int64_t axis) {
  return dy - exp(y) * sum(dy, {.axis = axis, .keepdims = true});
}

using Composition = Tensor (*)(const Tensor& y, const Tensor& dy, std::int64_t axis);

// The gradient operations take the output and its gradient, and are differentiated by way of their formulas.
const Operation& register_gradient(std::string name, Composition composition) {
  return register_operation(
      {.name = std::move(name), .infer = infer_softmax, .gradient = [composition](const Node& node, const Tensors& g) {
         const std::int64_t axis = node.attributes().integer("axis");
         return gradients_of_composition(
             [&](const Tensors& inputs) -> Tensors { return {composition(inputs[0], inputs[1], axis)}; }, node, g);
       }});
}

const Operation& register_softmax(std::string name, Composition composition) {
  const Operation& gradient = register_gradient(name + "_gradient", composition);
  return register_operation({.name = std::move(name),
                             .infer = infer_softmax,
                             .gradient = [&gradient](const Node& node, const Tensors& g) -> Tensors {
                               return {apply_single(gradient, {node.output(0), g[0]}, node.attributes())};
                             }});
}

const Operation& kSoftmax = register_softmax("softmax", softmax_gradient_composition);
const Operation& kLogSoftmax = register_softmax("log_softmax", log_softmax_gradient_composition);

Tensor apply_along(const Operation& operation, const Tensor& x, std::int64_t axis) {
  const std::int64_t checked = x.shape().checked_axis(axis);
  return apply_single(operation, {is_floating(x.dtype()) ? x.strong() : cast(x, DType::kFloat32)}, {{"axis", checked}});
}

}  // namespace

Tensor softmax(const Tensor& x, std::int64_t axis) { return apply_along(kSoftmax, x, axis); }
Tensor log_softmax(const Tensor& x, std::int64_t axis) { return apply_along(kLogSoftmax, x, axis); }

}  // namespace cornu::ops
