#include "framework/ops/shape_of.h"

#include <vector>

#include "framework/operation.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_shape_of(std::span<const TensorSpec> inputs, const Attributes&) {
  return {{{inputs[0].shape.rank()}, DType::kInt32}};
}

TensorSpecs infer_count_along(std::span<const TensorSpec>, const Attributes&) { return {{{}, DType::kInt32}}; }

const Operation& kShapeOf =
    register_operation({.name = "shape_of", .infer = infer_shape_of, .reads_shapes_only = true});
const Operation& kCountAlong =
    register_operation({.name = "count_along", .infer = infer_count_along, .reads_shapes_only = true});

}  // namespace

Tensor shape_of(const Tensor& x) {
  if (!x.shape().is_known()) return apply_single(kShapeOf, {x});
  const std::vector<std::int32_t> dims(x.shape().begin(), x.shape().end());
  return Tensor::copy(dims, {x.rank()});
}

Tensor count_along(const Tensor& x, const Axes& axes) {
  const std::vector<std::int64_t> resolved = axes.resolved(x.shape());
  std::int64_t count = 1;
  for (std::int64_t axis : resolved) {
    if (x.shape()[axis] == kUnknown) return apply_single(kCountAlong, {x}, {{"axes", resolved}});
    count *= x.shape()[axis];
  }
  return Tensor::copy({static_cast<std::int32_t>(count)}, {});
}

}  // namespace cornu::ops
