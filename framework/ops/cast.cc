#include "framework/ops/cast.h"

#include "framework/graph/node.h"
#include "framework/operation.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_cast(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return {{inputs[0].shape, attributes.dtype("dtype")}};
}

Tensors cast_gradient(const Node& node, const Tensors& gradients) {
  if (!is_floating(node.input(0).dtype())) return {{}};
  return {cast(gradients[0], node.input(0).dtype())};
}

const Operation& kCast =
    register_operation({.name = "cast", .infer = infer_cast, .gradient = cast_gradient, .is_elementwise = true});

}  // namespace

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x.strong();
  return apply_single(kCast, {x}, {{"dtype", dtype}});
}

}  // namespace cornu::ops
