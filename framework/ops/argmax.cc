#include "framework/ops/argmax.h"

#include "framework/error.h"
#include "framework/operation.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_argmax(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape& from = inputs[0].shape;
  const std::int64_t axis = attributes.integer("axis");
  if (from[axis] == 0)
    throw ShapeError("argmax: expected elements along axis " + std::to_string(axis) + "; got shape " +
                     from.to_string());
  Shape shape;
  for (std::int64_t i = 0; i < from.rank(); ++i) {
    if (i != axis) shape.push_back(from[i]);
    if (i == axis && attributes.flag("keepdims")) shape.push_back(1);
  }
  return {{shape, DType::kInt32}};
}

const Operation& kArgmax = register_operation({.name = "argmax", .infer = infer_argmax});
const Operation& kArgmin = register_operation({.name = "argmin", .infer = infer_argmax});

Tensor search(const Operation& operation, const Tensor& x, const ArgmaxOptions& options) {
  if (options.axis) {
    return apply_single(operation, {x.strong()},
                        {{"axis", x.shape().checked_axis(*options.axis)}, {"keepdims", options.keepdims}});
  }
  const Tensor flat =
      apply_single(operation, {reshape(x, {kUnknown})}, {{"axis", std::int64_t{0}}, {"keepdims", false}});
  return options.keepdims ? reshape(flat, Shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1)))
                          : flat;
}

}  // namespace

Tensor argmax(const Tensor& x, const ArgmaxOptions& options) { return search(kArgmax, x, options); }
Tensor argmin(const Tensor& x, const ArgmaxOptions& options) { return search(kArgmin, x, options); }

}  // namespace cornu::ops
