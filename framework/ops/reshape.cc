#include "framework/ops/reshape.h"

#include <algorithm>
#include <numeric>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

// Replaces the -1 of a requested shape by what is left of the input's elements, where that is known.
Shape resolved_shape(const Shape& from, const std::vector<std::int64_t>& request) {
  std::int64_t product = 1;
  std::int64_t open = -1;
  for (std::size_t i = 0; i < request.size(); ++i) {
    if (request[i] != kUnknown) {
      product *= request[i];
    } else if (open >= 0) {
      // Two open sizes can only mean an unknown batch that is passed on, as in layers of unknown input.
      return Shape(request);
    } else {
      open = static_cast<std::int64_t>(i);
    }
  }
  Shape shape{std::vector<std::int64_t>(request)};
  if (!from.is_known()) return shape;
  const std::int64_t count = from.num_elements();
  if (open >= 0 && product != 0 && count % product == 0) {
    shape[open] = count / product;
  } else if (open >= 0 && product == 0 && count == 0) {
    shape[open] = 0;
  } else if (open >= 0 || product != count) {
    throw ShapeError("reshape: expected a shape with " + std::to_string(count) + " elements, as " + from.to_string() +
                         " has; got " + Shape(request).to_string(),
                     {}, "reshape");
  }
  return shape;
}

TensorSpecs infer_reshape(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return {{resolved_shape(inputs[0].shape, attributes.integers("shape")), inputs[0].dtype}};
}

Tensors reshape_gradient(const Node& node, const Tensors& g) { return {reshape_like(g[0], node.input(0))}; }

// Of the second input only the shape is used.
TensorSpecs infer_like(std::span<const TensorSpec> inputs, const Attributes&) {
  return {{inputs[1].shape, inputs[0].dtype}};
}

Tensors reshape_like_gradient(const Node& node, const Tensors& g) { return {reshape_like(g[0], node.input(0)), {}}; }

Tensors broadcast_gradient(const Node& node, const Tensors& g) { return {unbroadcast(g[0], node.input(0).shape())}; }

Tensors broadcast_like_gradient(const Node& node, const Tensors& g) {
  return {unbroadcast(g[0], node.input(0).shape()), {}};
}

TensorSpecs infer_broadcast_to(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape shape(attributes.integers("shape"));
  if (broadcast_shapes(inputs[0].shape, shape).rank() != shape.rank()) {
    throw ShapeError("broadcast_to: shape " + inputs[0].shape.to_string() + " does not broadcast to " +
                     shape.to_string());
  }
  return {{shape, inputs[0].dtype}};
}

TensorSpecs infer_transpose(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  Shape shape;
  for (std::int64_t axis : attributes.integers("permutation")) shape.push_back(inputs[0].shape[axis]);
  return {{shape, inputs[0].dtype}};
}

Tensors transpose_gradient(const Node& node, const Tensors& g) {
  const auto& permutation = node.attributes().integers("permutation");
  std::vector<std::int64_t> inverse(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    inverse[static_cast<std::size_t>(permutation[i])] = static_cast<std::int64_t>(i);
  }
  return {transpose(g[0], std::move(inverse))};
}

const Operation& kReshape =
    register_operation({.name = "reshape", .infer = infer_reshape, .gradient = reshape_gradient, .is_view = true});
const Operation& kReshapeLike = register_operation(
    {.name = "reshape_like", .infer = infer_like, .gradient = reshape_like_gradient, .is_view = true});
const Operation& kBroadcastTo =
    register_operation({.name = "broadcast_to", .infer = infer_broadcast_to, .gradient = broadcast_gradient});
const Operation& kBroadcastLike =
    register_operation({.name = "broadcast_like", .infer = infer_like, .gradient = broadcast_like_gradient});
const Operation& kTranspose =
    register_operation({.name = "transpose", .infer = infer_transpose, .gradient = transpose_gradient});

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape && shape.is_known()) return x.strong();
  return apply_single(kReshape, {x.strong()}, {{"shape", shape.dims()}});
}

Tensor reshape_like(const Tensor& x, const Tensor& like) {
  if (like.shape().is_known()) return reshape(x, like.shape());
  return apply_single(kReshapeLike, {x, like});
}

Tensor expand_dims(const Tensor& x, const Axes& axes) {
  // The axes count in the result.
  const std::int64_t rank = x.rank() + axes.count();
  const auto resolved = axes.resolved(Shape(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 1)));
  Shape shape;
  std::int64_t next = 0;
  for (std::int64_t i = 0; i < rank; ++i) {
    const bool is_new = std::find(resolved.begin(), resolved.end(), i) != resolved.end();
    shape.push_back(is_new ? 1 : x.shape()[next++]);
  }
  return reshape(x, shape);
}

Tensor squeeze(const Tensor& x, const Axes& axes) {
  const std::vector<std::int64_t> resolved = axes.resolved(x.shape());
  Shape shape;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    const bool chosen = std::find(resolved.begin(), resolved.end(), i) != resolved.end();
    if (chosen && !axes.all() && x.shape()[i] != 1) {
      throw ShapeError("squeeze: expected size 1 at axis " + std::to_string(i) + "; got shape " +
                       x.shape().to_string());
    }
    if (!(chosen && x.shape()[i] == 1)) shape.push_back(x.shape()[i]);
  }
  return reshape(x, shape);
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x.strong();
  return apply_single(kBroadcastTo, {x.strong()}, {{"shape", shape.dims()}});
}

Tensor broadcast_like(const Tensor& x, const Tensor& like) {
  if (like.shape().is_known() || x.shape() == like.shape()) return broadcast_to(x, like.shape());
  return apply_single(kBroadcastLike, {x.strong(), like});
}

Tensor transpose(const Tensor& x, std::vector<std::int64_t> permutation) {
  if (permutation.empty()) {
    permutation.resize(static_cast<std::size_t>(x.rank()));
    std::iota(permutation.rbegin(), permutation.rend(), 0);
  }
  std::vector<bool> seen(static_cast<std::size_t>(x.rank()), false);
  for (std::int64_t& axis : permutation) {
    axis = x.shape().checked_axis(axis);
    seen[static_cast<std::size_t>(axis)] = true;
  }
  if (permutation.size() != seen.size() || std::find(seen.begin(), seen.end(), false) != seen.end()) {
    throw InvalidArgument("transpose: expected a permutation of the " + std::to_string(x.rank()) + " axes of shape " +
                          x.shape().to_string());
  }
  if (std::is_sorted(permutation.begin(), permutation.end())) return x.strong();
  return apply_single(kTranspose, {x.strong()}, {{"permutation", permutation}});
}

}  // namespace cornu::ops
