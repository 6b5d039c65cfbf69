#include "framework/ops/where.h"

#include "framework/graph/node.h"
#include "framework/ops/cast.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_where(std::span<const TensorSpec> inputs, const Attributes&) {
  const Shape branches = broadcast_shapes(inputs[1].shape, inputs[2].shape);
  return {{broadcast_shapes(inputs[0].shape, branches), inputs[1].dtype}};
}

Tensors where_gradient(const Node& node, const Tensors& g) {
  const Tensor& condition = node.input(0);
  return {Tensor(), unbroadcast(where(condition, g[0], 0.0), node.input(1).shape()),
          unbroadcast(where(condition, 0.0, g[0]), node.input(2).shape())};
}

const Operation& kWhere =
    register_operation({.name = "where", .infer = infer_where, .gradient = where_gradient, .is_elementwise = true});

}  // namespace

Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y) {
  const DType dtype = result_type({{x.dtype(), x.is_weak()}, {y.dtype(), y.is_weak()}});
  return apply_single(kWhere, {cast(condition, DType::kBool), cast(x, dtype), cast(y, dtype)});
}

}  // namespace cornu::ops
