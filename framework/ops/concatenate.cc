#include "framework/ops/concatenate.h"

#include <string>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reshape.h"
#include "framework/slice_geometry.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_concatenate(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t axis = attributes.integer("axis");
  Shape result = inputs[0].shape;
  for (const TensorSpec& input : inputs.subspan(1)) {
    bool fits = input.shape.rank() == result.rank();
    for (std::int64_t i = 0; fits && i < result.rank(); ++i) {
      const std::int64_t dim = input.shape[i];
      if (i == axis) {
        result[i] = result[i] == kUnknown || dim == kUnknown ? kUnknown : result[i] + dim;
      } else if (result[i] == kUnknown) {
        result[i] = dim;
      } else {
        fits = dim == kUnknown || dim == result[i];
      }
    }
    if (!fits) {
      throw ShapeError("concatenate: expected shapes that differ at most at axis " + std::to_string(axis) + "; got " +
                           inputs[0].shape.to_string() + " and " + input.shape.to_string(),
                       {}, "concatenate");
    }
  }
  return {{result, inputs[0].dtype}};
}

// Of all inputs but the first only the shapes are used.
TensorSpecs infer_split_like(std::span<const TensorSpec> inputs, const Attributes&) {
  TensorSpecs specs;
  for (const TensorSpec& like : inputs.subspan(1)) specs.push_back({like.shape, inputs[0].dtype});
  return specs;
}

// Part i is x[positions[i - 1] : positions[i]] along the axis.
TensorSpecs infer_split(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t axis = attributes.integer("axis");
  const std::int64_t size = inputs[0].shape[axis];
  TensorSpecs specs;
  std::int64_t begin = 0;
  const auto add = [&](std::int64_t end) {
    if (end < begin) {
      throw InvalidArgument("split: expected ascending positions; got " + std::to_string(end) + " after " +
                                std::to_string(begin) + " at axis " + std::to_string(axis) + " of shape " +
                                inputs[0].shape.to_string(),
                            {}, "split");
    }
    Shape shape = inputs[0].shape;
    shape[axis] = end - begin;
    specs.push_back({std::move(shape), inputs[0].dtype});
    begin = end;
  };
  const auto& positions = attributes.integers("positions");
  if (size == kUnknown) return TensorSpecs(positions.size() + 1, inputs[0]);
  for (std::int64_t position : positions) add(resolve_slice(size, kOpen, position, 1).count);
  add(size);
  return specs;
}

Tensors concatenate_gradient(const Node& node, const Tensors& g);
Tensors split_gradient(const Node& node, const Tensors& g);

const Operation& kConcatenate =
    register_operation({.name = "concatenate", .infer = infer_concatenate, .gradient = concatenate_gradient});
const Operation& kSplit = register_operation({.name = "split", .infer = infer_split, .gradient = split_gradient});
const Operation& kSplitLike =
    register_operation({.name = "split_like", .infer = infer_split_like, .gradient = split_gradient});

Tensor apply_concatenate(const Tensors& tensors, std::int64_t axis) {
  return apply_single(kConcatenate, tensors, {{"axis", axis}});
}

// Each input gets its own part of the gradient: by positions, or by the inputs' shapes where their sizes are unknown.
Tensors concatenate_gradient(const Node& node, const Tensors& g) {
  const std::int64_t axis = node.attributes().integer("axis");
  std::vector<std::int64_t> positions;
  std::int64_t position = 0;
  for (const Tensor& input : node.inputs()) {
    const std::int64_t size = input.shape()[axis];
    if (size == kUnknown) {
      Tensors operands{g[0]};
      operands.insert(operands.end(), node.inputs().begin(), node.inputs().end());
      return apply(kSplitLike, std::move(operands), {{"axis", axis}});
    }
    positions.push_back(position += size);
  }
  positions.pop_back();
  return split(g[0], positions, axis);
}

// One operation for all parts, so that the gradients of many parts are put together once.
Tensors split_gradient(const Node& node, const Tensors& g) {
  Tensors gradients(node.inputs().size());
  Tensors parts;
  for (std::size_t i = 0; i < g.size(); ++i) parts.push_back(g[i].defined() ? g[i] : zeros_like(node.output(i)));
  gradients[0] = apply_concatenate(parts, node.attributes().integer("axis"));
  return gradients;
}

Tensors promoted(const Tensors& tensors, const char* who) {
  if (tensors.empty()) throw InvalidArgument(std::string(who) + ": expected at least one tensor; got none", {}, who);
  std::vector<DTypeOperand> dtypes;
  for (const Tensor& tensor : tensors) dtypes.push_back({tensor.dtype(), tensor.is_weak()});
  const DType dtype = result_type(dtypes);
  Tensors result;
  for (const Tensor& tensor : tensors) result.push_back(cast(tensor, dtype));
  return result;
}

std::int64_t known_size(const Tensor& x, std::int64_t axis, const char* who) {
  const std::int64_t size = x.shape()[axis];
  if (size == kUnknown) {
    throw ShapeError(std::string(who) + ": expected a known size at axis " + std::to_string(axis) + "; got shape " +
                         x.shape().to_string(),
                     {}, who);
  }
  return size;
}

}  // namespace

Tensor concatenate(const Tensors& tensors, std::int64_t axis) {
  const Tensors parts = promoted(tensors, "concatenate");
  const std::int64_t at = parts[0].shape().checked_axis(axis);
  return parts.size() == 1 ? parts[0] : apply_concatenate(parts, at);
}

Tensor stack(const Tensors& tensors, std::int64_t axis) {
  Tensors parts = promoted(tensors, "stack");
  const Shape first = parts[0].shape();
  for (Tensor& part : parts) {
    if (!part.shape().is_compatible_with(first)) {
      throw ShapeError(
          "stack: expected tensors of one shape; got " + first.to_string() + " and " + part.shape().to_string(), {},
          "stack");
    }
    part = expand_dims(part, axis);
  }
  return concatenate(parts, axis);
}

Tensor hstack(const Tensors& tensors) {
  Tensors parts;
  for (const Tensor& tensor : tensors) parts.push_back(tensor.rank() == 0 ? reshape(tensor, {1}) : tensor);
  return concatenate(parts, !parts.empty() && parts[0].rank() == 1 ? 0 : 1);
}

Tensor vstack(const Tensors& tensors) {
  Tensors parts;
  for (const Tensor& tensor : tensors) {
    parts.push_back(tensor.rank() < 2 ? reshape(tensor, {1, tensor.rank() == 0 ? 1 : tensor.shape()[0]}) : tensor);
  }
  return concatenate(parts, 0);
}

Tensor append(const Tensor& x, const Tensor& values) {
  return concatenate({reshape(x, {kUnknown}), reshape(values, {kUnknown})}, 0);
}

Tensor append(const Tensor& x, const Tensor& values, std::int64_t axis) { return concatenate({x, values}, axis); }

Tensors split(const Tensor& x, std::int64_t sections, std::int64_t axis) {
  const std::int64_t size = known_size(x, axis, "split");
  if (sections < 1 || size % sections != 0) {
    throw ShapeError("split: expected a number of sections that divides the size " + std::to_string(size) +
                         " of axis " + std::to_string(axis) + " of shape " + x.shape().to_string() + "; got " +
                         std::to_string(sections),
                     {}, "split");
  }
  return array_split(x, sections, axis);
}

Tensors split(const Tensor& x, const std::vector<std::int64_t>& positions, std::int64_t axis) {
  return apply(kSplit, {x.strong()}, {{"axis", x.shape().checked_axis(axis)}, {"positions", positions}});
}

Tensors array_split(const Tensor& x, std::int64_t sections, std::int64_t axis) {
  const std::int64_t size = known_size(x, axis, "array_split");
  if (sections < 1) {
    throw InvalidArgument("array_split: expected at least 1 section; got " + std::to_string(sections), {},
                          "array_split");
  }
  std::vector<std::int64_t> positions;
  std::int64_t position = 0;
  for (std::int64_t i = 0; i + 1 < sections; ++i)
    positions.push_back(position += size / sections + (i < size % sections));
  return split(x, positions, axis);
}

Tensors unstack(const Tensor& x, std::int64_t axis) {
  const std::int64_t size = known_size(x, axis, "unstack");
  if (size == 0) return {};
  Tensors parts = array_split(x, size, axis);
  for (Tensor& part : parts) part = squeeze(part, axis);
  return parts;
}

}  // namespace cornu::ops
