#include "framework/ops/slice.h"

#include <string>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

// Attribute `sizes` holds what the caller knows of the result: a position has size 1 also on an axis of unknown size.
Shape sliced_shape(const Shape& shape, const Attributes& attributes) {
  const auto& begin = attributes.integers("begin");
  const auto& end = attributes.integers("end");
  const auto& strides = attributes.integers("strides");
  const auto& sizes = attributes.integers("sizes");
  Shape result = shape;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    std::int64_t& dim = result[static_cast<std::int64_t>(i)];
    if (dim == kUnknown) {
      dim = sizes[i];
      continue;
    }
    dim = resolve_slice(dim, begin[i], end[i], strides[i]).count;
    if (sizes[i] != kUnknown && sizes[i] != dim) {
      throw ShapeError("slice: expected " + std::to_string(sizes[i]) + " elements from position " +
                           std::to_string(begin[i]) + " at axis " + std::to_string(i) + "; got shape " +
                           shape.to_string(),
                       {}, "strided_slice");
    }
  }
  return result;
}

TensorSpecs infer_slice(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return {{sliced_shape(inputs[0].shape, attributes), inputs[0].dtype}};
}

// The shape is an attribute, or that of a second input where it is known only when the graph runs.
TensorSpecs infer_unslice(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape shape = inputs.size() > 1 ? inputs[1].shape : Shape(attributes.integers("shape"));
  const Shape expected = sliced_shape(shape, attributes);
  if (!expected.is_compatible_with(inputs[0].shape)) {
    throw ShapeError("unslice: expected a tensor of shape " + expected.to_string() + ", as a slice of " +
                         shape.to_string() + " has; got " + inputs[0].shape.to_string(),
                     {}, "unslice");
  }
  return {{shape, inputs[0].dtype}};
}

Tensors slice_gradient(const Node& node, const Tensors& g);
Tensors unslice_gradient(const Node& node, const Tensors& g);

const Operation& kStridedSlice =
    register_operation({.name = "strided_slice", .infer = infer_slice, .gradient = slice_gradient});
const Operation& kUnslice =
    register_operation({.name = "unslice", .infer = infer_unslice, .gradient = unslice_gradient});

Attributes range_of(const Node& node) {
  const Attributes& from = node.attributes();
  return {{"begin", from.integers("begin")},
          {"end", from.integers("end")},
          {"strides", from.integers("strides")},
          {"sizes", from.integers("sizes")}};
}

// The tensor in zeros of the shape of another; that one is an input only where its shape has to be waited for.
Tensor unslice_like(const Tensor& x, const Tensor& like, Attributes attributes) {
  if (!like.shape().is_known()) return apply_single(kUnslice, {x.strong(), like}, std::move(attributes));
  attributes.set("shape", like.shape().dims());
  return apply_single(kUnslice, {x.strong()}, std::move(attributes));
}

// y = x[range], so x gets zeros with the gradient at the range; and the other way round.
Tensors slice_gradient(const Node& node, const Tensors& g) {
  return {unslice_like(g[0], node.input(0), range_of(node))};
}

Tensors unslice_gradient(const Node& node, const Tensors& g) {
  Tensors gradients(node.inputs().size());
  gradients[0] = apply_single(kStridedSlice, {g[0]}, range_of(node));
  return gradients;
}

// Leaves out nothing that is not asked for: axes that are not given are taken whole.
Attributes checked_range(const Shape& shape, std::vector<std::int64_t> begin, std::vector<std::int64_t> end,
                         std::vector<std::int64_t> strides, std::vector<std::int64_t> sizes) {
  if (strides.empty()) strides.assign(begin.size(), 1);
  const auto rank = static_cast<std::size_t>(shape.rank());
  if (begin.size() != end.size() || begin.size() != strides.size() || begin.size() > rank) {
    throw InvalidArgument("strided_slice: expected begin, end and strides of one length, at most " +
                              std::to_string(rank) + " for shape " + shape.to_string() + "; got lengths " +
                              std::to_string(begin.size()) + ", " + std::to_string(end.size()) + " and " +
                              std::to_string(strides.size()),
                          {}, "strided_slice");
  }
  for (std::int64_t stride : strides) {
    if (stride == 0) throw InvalidArgument("strided_slice: expected strides other than 0", {}, "strided_slice");
  }
  begin.resize(rank, kOpen);
  end.resize(rank, kOpen);
  strides.resize(rank, 1);
  sizes.resize(rank, kUnknown);
  // Whole axes keep what is known of them.
  for (std::size_t i = 0; i < rank; ++i) {
    if (begin[i] == 0 && strides[i] > 0) begin[i] = kOpen;
  }
  return {{"begin", std::move(begin)},
          {"end", std::move(end)},
          {"strides", std::move(strides)},
          {"sizes", std::move(sizes)}};
}

bool is_whole(const Attributes& attributes) {
  for (std::size_t i = 0; i < attributes.integers("begin").size(); ++i) {
    if (attributes.integers("begin")[i] != kOpen || attributes.integers("end")[i] != kOpen ||
        attributes.integers("strides")[i] != 1) {
      return false;
    }
  }
  return true;
}

Tensor apply_slice(const Tensor& x, Attributes attributes) {
  if (is_whole(attributes)) return x.strong();
  return apply_single(kStridedSlice, {x.strong()}, std::move(attributes));
}

}  // namespace

Tensor slice(const Tensor& x, const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& size) {
  if (start.size() != size.size() || static_cast<std::int64_t>(start.size()) != x.rank()) {
    throw InvalidArgument("slice: expected a start and a size for each of the " + std::to_string(x.rank()) +
                              " axes of shape " + x.shape().to_string() + "; got " + std::to_string(start.size()) +
                              " and " + std::to_string(size.size()),
                          {}, "strided_slice");
  }
  std::vector<std::int64_t> end;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const bool reaches_end = size[i] < 0 || start[i] + size[i] == x.shape().dims()[i];
    end.push_back(reaches_end ? kOpen : start[i] + size[i]);
  }
  return apply_slice(x, checked_range(x.shape(), start, std::move(end), {}, size));
}

Tensor strided_slice(const Tensor& x, std::vector<std::int64_t> begin, std::vector<std::int64_t> end,
                     std::vector<std::int64_t> strides) {
  return apply_slice(x, checked_range(x.shape(), std::move(begin), std::move(end), std::move(strides), {}));
}

Tensor slice_axis(const Tensor& x, std::int64_t axis, std::int64_t begin, std::int64_t end, std::int64_t stride) {
  const auto at = static_cast<std::size_t>(x.shape().checked_axis(axis));
  std::vector<std::int64_t> begins(at + 1, kOpen), ends(at + 1, kOpen), strides(at + 1, 1);
  begins[at] = begin;
  ends[at] = end;
  strides[at] = stride;
  return strided_slice(x, std::move(begins), std::move(ends), std::move(strides));
}

Tensor slice_position(const Tensor& x, std::int64_t axis, std::int64_t position) {
  const auto at = static_cast<std::size_t>(x.shape().checked_axis(axis));
  std::vector<std::int64_t> begins(at + 1, kOpen), ends(at + 1, kOpen), sizes(at + 1, kUnknown);
  begins[at] = position;
  ends[at] = position == -1 ? kOpen : position + 1;
  sizes[at] = 1;
  return apply_slice(x, checked_range(x.shape(), std::move(begins), std::move(ends), {}, std::move(sizes)));
}

Tensor unslice(const Tensor& x, const Shape& shape, std::vector<std::int64_t> begin, std::vector<std::int64_t> end,
               std::vector<std::int64_t> strides) {
  Attributes attributes = checked_range(shape, std::move(begin), std::move(end), std::move(strides), {});
  attributes.set("shape", shape.dims());
  return apply_single(kUnslice, {x.strong()}, std::move(attributes));
}

Tensor slice_update(const Tensor& x, const std::vector<std::int64_t>& start, const Tensor& updates) {
  std::vector<std::int64_t> end;
  if (static_cast<std::int64_t>(start.size()) != x.rank() || updates.rank() != x.rank()) {
    throw InvalidArgument("slice_update: expected a start and updates of " + std::to_string(x.rank()) +
                              " axes, as shape " + x.shape().to_string() + " has; got " + std::to_string(start.size()) +
                              " and updates of shape " + updates.shape().to_string(),
                          {}, "slice_update");
  }
  for (std::size_t i = 0; i < start.size(); ++i) {
    const std::int64_t size = updates.shape().dims()[i];
    end.push_back(size == kUnknown ? kOpen : start[i] + size);
  }
  const Attributes range = checked_range(x.shape(), start, std::move(end), {}, updates.shape().dims());
  const Tensor values = cast(updates, x.dtype());
  const Tensor replaced = unslice_like(ones_like(cast(values, DType::kBool)), x, range);
  return where(replaced, unslice_like(values, x, range), x);
}

Tensor flip(const Tensor& x, const Axes& axes) {
  const auto rank = static_cast<std::size_t>(x.rank());
  std::vector<std::int64_t> strides(rank, 1);
  for (std::int64_t axis : axes.resolved(x.shape())) strides[static_cast<std::size_t>(axis)] = -1;
  Attributes attributes = checked_range(x.shape(), std::vector<std::int64_t>(rank, kOpen),
                                        std::vector<std::int64_t>(rank, kOpen), std::move(strides), {});
  return apply_slice(x, std::move(attributes));
}

}  // namespace cornu::ops
