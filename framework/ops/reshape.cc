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

// In a request of `reshape_copying`: the size of the input's axis.
constexpr std::int64_t copied(std::int64_t axis) { return -2 - axis; }

TensorSpecs infer_reshape_copying(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape& from = inputs[0].shape;
  std::vector<std::int64_t> request = attributes.integers("dims");
  std::int64_t unknown = 0;
  for (std::int64_t& dim : request) {
    if (dim < kUnknown) dim = from[-2 - dim];
    if (dim == kUnknown) ++unknown;
  }
  return {{unknown > 1 ? Shape(std::move(request)) : resolved_shape(from, request), inputs[0].dtype}};
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
// A reshape whose request names axes of the input, for results with several sizes that are not known yet.
const Operation& kReshapeCopying = register_operation(
    {.name = "reshape_copying", .infer = infer_reshape_copying, .gradient = reshape_gradient, .is_view = true});
const Operation& kReshapeLike = register_operation(
    {.name = "reshape_like", .infer = infer_like, .gradient = reshape_like_gradient, .is_view = true});
const Operation& kBroadcastTo =
    register_operation({.name = "broadcast_to", .infer = infer_broadcast_to, .gradient = broadcast_gradient});
const Operation& kBroadcastLike =
    register_operation({.name = "broadcast_like", .infer = infer_like, .gradient = broadcast_like_gradient});
const Operation& kTranspose =
    register_operation({.name = "transpose", .infer = infer_transpose, .gradient = transpose_gradient});

// `request` with one unknown size at most is a plain reshape.
Tensor reshape_copying(const Tensor& x, std::vector<std::int64_t> request) {
  Shape shape;
  for (const std::int64_t dim : request) shape.push_back(dim < kUnknown ? x.shape()[-2 - dim] : dim);
  if (std::count(shape.begin(), shape.end(), kUnknown) < 2) return reshape(x, shape);
  return apply_single(kReshapeCopying, {x.strong()}, {{"dims", std::move(request)}});
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape && shape.is_known()) return x.strong();
  return apply_single(kReshape, {x.strong()}, {{"shape", shape.dims()}});
}

Tensor reshape_like(const Tensor& x, const Tensor& like) {
  if (like.shape().is_known()) return reshape(x, like.shape());
  return apply_single(kReshapeLike, {x, like});
}

Tensor reshape_each(const Tensor& x, const Shape& shape) {
  std::vector<std::int64_t> request{copied(0)};
  request.insert(request.end(), shape.begin(), shape.end());
  const Shape examples = x.shape().slice(1);
  if (!examples.is_known()) return reshape_copying(x, std::move(request));
  // What an example becomes does not depend on the batch.
  const Shape resolved = resolved_shape(examples, shape.dims());
  return reshape(x, Shape{x.shape()[0]}.concatenated(resolved));
}

Tensor expand_dims(const Tensor& x, const Axes& axes) {
  // The axes count in the result.
  const std::int64_t rank = x.rank() + axes.count();
  const auto resolved = axes.resolved(Shape(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 1)));
  std::vector<std::int64_t> request;
  std::int64_t next = 0;
  for (std::int64_t i = 0; i < rank; ++i) {
    const bool is_new = std::find(resolved.begin(), resolved.end(), i) != resolved.end();
    request.push_back(is_new ? 1 : copied(next++));
  }
  return reshape_copying(x, std::move(request));
}

Tensor squeeze(const Tensor& x, const Axes& axes) {
  const std::vector<std::int64_t> resolved = axes.resolved(x.shape());
  std::vector<std::int64_t> request;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    const bool chosen = std::find(resolved.begin(), resolved.end(), i) != resolved.end();
    if (chosen && !axes.all() && x.shape()[i] != 1) {
      throw ShapeError("squeeze: expected size 1 at axis " + std::to_string(i) + "; got shape " +
                       x.shape().to_string());
    }
    if (!(chosen && x.shape()[i] == 1)) request.push_back(copied(i));
  }
  return reshape_copying(x, std::move(request));
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
