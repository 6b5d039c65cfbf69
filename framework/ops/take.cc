#include "framework/ops/take.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/elementwise.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_take(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t axis = attributes.integer("axis");
  const Shape& x = inputs[0].shape;
  return {{x.slice(0, axis).concatenated(inputs[1].shape).concatenated(x.slice(axis + 1)), inputs[0].dtype}};
}

// The size of the axis is an attribute, or that of a third input where it is known only when the graph runs.
TensorSpecs infer_index_add(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t axis = attributes.integer("axis");
  const Shape& updates = inputs[0].shape;
  const std::int64_t size = inputs.size() > 2 ? inputs[2].shape[axis] : attributes.integer("size");
  const std::int64_t last = axis + inputs[1].shape.rank();
  if (last > updates.rank() || !updates.slice(axis, last).is_compatible_with(inputs[1].shape)) {
    throw ShapeError("index_add: expected updates with the axes of the indices, " + inputs[1].shape.to_string() +
                         ", from axis " + std::to_string(axis) + " on; got shape " + updates.to_string(),
                     {}, "index_add");
  }
  Shape result = updates.slice(0, axis);
  result.push_back(size);
  return {{result.concatenated(updates.slice(last)), inputs[0].dtype}};
}

// All axes but the one that is indexed broadcast.
TensorSpecs infer_take_along_axis(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t axis = attributes.integer("axis");
  Shape x = inputs[0].shape, indices = inputs[1].shape;
  x[axis] = indices[axis] = 1;
  Shape shape = broadcast_shapes(x, indices);
  shape[axis] = inputs[1].shape[axis];
  return {{shape, inputs[0].dtype}};
}

TensorSpecs infer_index_add_along_axis(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t axis = attributes.integer("axis");
  Shape shape = inputs[0].shape;
  shape[axis] = inputs.size() > 2 ? inputs[2].shape[axis] : attributes.integer("size");
  return {{shape, inputs[0].dtype}};
}

TensorSpecs infer_index_update(std::span<const TensorSpec> inputs, const Attributes&) {
  const Shape& x = inputs[0].shape;
  if (x.rank() == 0 || inputs[1].shape.rank() != 1 ||
      !inputs[1].shape.concatenated(x.slice(1)).is_compatible_with(inputs[2].shape)) {
    throw ShapeError("index_update: expected updates with one entry like those of shape " + x.to_string() +
                         " for each index; got indices " + inputs[1].shape.to_string() + " and updates " +
                         inputs[2].shape.to_string(),
                     {}, "index_update");
  }
  return {inputs[0]};
}

Tensors take_gradient(const Node& node, const Tensors& g);
Tensors index_add_gradient(const Node& node, const Tensors& g);
Tensors take_along_axis_gradient(const Node& node, const Tensors& g);
Tensors index_add_along_axis_gradient(const Node& node, const Tensors& g);
Tensors index_update_gradient(const Node& node, const Tensors& g);

const Operation& kTake = register_operation({.name = "take", .infer = infer_take, .gradient = take_gradient});
const Operation& kIndexAdd =
    register_operation({.name = "index_add", .infer = infer_index_add, .gradient = index_add_gradient});
const Operation& kTakeAlongAxis = register_operation(
    {.name = "take_along_axis", .infer = infer_take_along_axis, .gradient = take_along_axis_gradient});
const Operation& kIndexAddAlongAxis = register_operation(
    {.name = "index_add_along_axis", .infer = infer_index_add_along_axis, .gradient = index_add_along_axis_gradient});
const Operation& kIndexUpdate =
    register_operation({.name = "index_update", .infer = infer_index_update, .gradient = index_update_gradient});

// Adds into zeros of the size that `like` has along the axis.
Tensor add_into(const Operation& operation, const Tensor& updates, const Tensor& indices, const Tensor& like,
                std::int64_t axis) {
  const std::int64_t size = like.shape()[axis];
  if (size == kUnknown) return apply_single(operation, {updates, indices, like}, {{"axis", axis}});
  return apply_single(operation, {updates, indices}, {{"axis", axis}, {"size", size}});
}

// y[a, i, b] = x[a, indices[i], b]:  dx[a, indices[i], b] += dy[a, i, b], and the other way round.
Tensors take_gradient(const Node& node, const Tensors& g) {
  return {add_into(kIndexAdd, g[0], node.input(1), node.input(0), node.attributes().integer("axis")), {}};
}

Tensors index_add_gradient(const Node& node, const Tensors& g) {
  Tensors gradients(node.inputs().size());
  gradients[0] = take(g[0], node.input(1), node.attributes().integer("axis"));
  return gradients;
}

Tensors take_along_axis_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor summed = index_add_along_axis(g[0], node.input(1), x, node.attributes().integer("axis"));
  return {unbroadcast(summed, x.shape()), {}};
}

Tensors index_add_along_axis_gradient(const Node& node, const Tensors& g) {
  Tensors gradients(node.inputs().size());
  gradients[0] = apply_single(kTakeAlongAxis, {g[0], node.input(1)}, {{"axis", node.attributes().integer("axis")}});
  return gradients;
}

// Replaced entries get no gradient; updates get that of their place (also those that a later one has replaced).
Tensors index_update_gradient(const Node& node, const Tensors& g) {
  const Tensor& indices = node.input(1);
  return {index_update(g[0], indices, zeros_like(node.input(2))), {}, take(g[0], indices, 0)};
}

template <typename I> void check_range(std::span<const I> indices, std::int64_t size, const char* who) {
  for (const I index : indices) {
    if (index >= -size && index < size) continue;
    throw InvalidArgument(std::string(who) + ": expected indices from " + std::to_string(-size) + " to " +
                              std::to_string(size - 1) + ", for an axis of size " + std::to_string(size) + "; got " +
                              std::to_string(index),
                          {}, who);
  }
}

// Indices whose values are known are checked here; those of a running graph are not, and kernels read the nearest
// entry.
Tensor indices_within(const Tensor& indices, std::int64_t size, const char* who) {
  if (indices.is_symbolic() || size == kUnknown) return indices;
  if (indices.dtype() == DType::kInt64) {
    check_range(indices.data<std::int64_t>(), size, who);
  } else {
    check_range(indices.data<std::int32_t>(), size, who);
  }
  return indices;
}

Tensor checked_indices(const Tensor& indices, const char* who) {
  if (!is_integer(indices.dtype())) {
    throw DTypeError(std::string(who) + ": expected indices of an integer dtype; got " + name_of(indices.dtype()) +
                         ". Cast first: ops::cast(indices, int32)",
                     {}, who);
  }
  return cast(indices,
              indices.dtype() == DType::kInt64 || indices.dtype() == DType::kUInt32 ? DType::kInt64 : DType::kInt32);
}

}  // namespace

Tensor take(const Tensor& x, const Tensor& indices, std::int64_t axis) {
  const std::int64_t at = x.shape().checked_axis(axis);
  return apply_single(kTake, {x.strong(), indices_within(checked_indices(indices, "take"), x.shape()[at], "take")},
                      {{"axis", at}});
}

Tensor take(const Tensor& x, const Tensor& indices) { return take(reshape(x, {kUnknown}), indices, 0); }

Tensor take_along_axis(const Tensor& x, const Tensor& indices, std::int64_t axis) {
  const std::int64_t at = x.shape().checked_axis(axis);
  if (x.rank() != indices.rank()) {
    throw ShapeError("take_along_axis: expected indices with as many axes as x; got shapes " +
                         indices.shape().to_string() + " and " + x.shape().to_string(),
                     {}, "take_along_axis");
  }
  const Tensor checked = checked_indices(indices, "take_along_axis");
  return apply_single(kTakeAlongAxis, {x.strong(), indices_within(checked, x.shape()[at], "take_along_axis")},
                      {{"axis", at}});
}

Tensor take_along_axis(const Tensor& x, const Tensor& indices) {
  return take_along_axis(reshape(x, {kUnknown}), reshape(indices, {kUnknown}), 0);
}

Tensor index_add(const Tensor& updates, const Tensor& indices, std::int64_t axis, std::int64_t size) {
  const std::int64_t rank = updates.rank() - indices.rank() + 1;
  const std::int64_t at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) {
    throw ShapeError(
        "index_add: axis " + std::to_string(axis) + " is outside a result with " + std::to_string(rank) + " axes", {},
        "index_add");
  }
  return apply_single(kIndexAdd, {updates.strong(), checked_indices(indices, "index_add")},
                      {{"axis", at}, {"size", size}});
}

Tensor index_add_along_axis(const Tensor& updates, const Tensor& indices, const Tensor& like, std::int64_t axis) {
  return add_into(kIndexAddAlongAxis, updates.strong(), checked_indices(indices, "index_add_along_axis"), like,
                  updates.shape().checked_axis(axis));
}

Tensor index_update(const Tensor& x, const Tensor& indices, const Tensor& updates) {
  return apply_single(kIndexUpdate, {x.strong(), checked_indices(indices, "index_update"), cast(updates, x.dtype())});
}

}  // namespace cornu::ops
