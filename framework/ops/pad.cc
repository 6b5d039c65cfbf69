#include "framework/ops/pad.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/slice.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_pad(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  Shape shape = inputs[0].shape;
  for (std::int64_t i = 0; i < shape.rank(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (shape[i] != kUnknown) shape[i] += attributes.integers("before")[at] + attributes.integers("after")[at];
  }
  return {{shape, inputs[0].dtype}};
}

// The border is constant: the gradient is what is left without it.
Tensors pad_gradient(const Node& node, const Tensors& g) {
  const auto& after = node.attributes().integers("after");
  std::vector<std::int64_t> end;
  end.reserve(after.size());
  for (std::int64_t width : after) end.push_back(width > 0 ? -width : kOpen);
  return {strided_slice(g[0], node.attributes().integers("before"), std::move(end))};
}

const Operation& kPad = register_operation({.name = "pad", .infer = infer_pad, .gradient = pad_gradient});

// The border mirrors the tensor; `skip` is 1 where the edge itself is not repeated.
Tensor mirrored(Tensor x, const std::vector<PadWidth>& widths, std::int64_t skip, const std::string& mode) {
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const auto [before, after] = widths[i];
    if (before == 0 && after == 0) continue;
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t size = x.shape()[axis];
    if (size != kUnknown && std::max(before, after) > size - skip) {
      throw ShapeError("pad: expected widths of at most " + std::to_string(std::max<std::int64_t>(size - skip, 0)) +
                           " at axis " + std::to_string(axis) + " of shape " + x.shape().to_string() + " in mode \"" +
                           mode + "\"; got " + std::to_string(std::max(before, after)),
                       {}, "pad");
    }
    Tensors parts;
    if (before > 0) parts.push_back(flip(slice_axis(x, axis, skip, before + skip), axis));
    parts.push_back(x);
    if (after > 0) parts.push_back(flip(slice_axis(x, axis, -after - skip, skip > 0 ? -skip : kOpen), axis));
    x = concatenate(parts, axis);
  }
  return x;
}

}  // namespace

Tensor pad(const Tensor& x, std::vector<PadWidth> widths, const PadOptions& options) {
  if (widths.size() == 1) widths.resize(static_cast<std::size_t>(x.rank()), widths[0]);
  const bool negative = std::any_of(widths.begin(), widths.end(),
                                    [](const PadWidth& width) { return width.first < 0 || width.second < 0; });
  if (static_cast<std::int64_t>(widths.size()) != x.rank() || negative) {
    throw InvalidArgument("pad: expected one pair of non-negative widths, or one for each of the " +
                              std::to_string(x.rank()) + " axes of shape " + x.shape().to_string() + "; got " +
                              (negative ? "a negative width" : std::to_string(widths.size()) + " pairs"),
                          {}, "pad");
  }
  if (options.mode == "reflect") return mirrored(x.strong(), widths, 1, options.mode);
  if (options.mode == "symmetric") return mirrored(x.strong(), widths, 0, options.mode);
  if (options.mode != "constant") {
    throw InvalidArgument("pad: mode must be \"constant\", \"reflect\" or \"symmetric\"; got \"" + options.mode + "\"",
                          {}, "pad");
  }
  std::vector<std::int64_t> before, after;
  bool changes = false;
  for (const auto& [first, second] : widths) {
    before.push_back(first);
    after.push_back(second);
    changes = changes || first > 0 || second > 0;
  }
  if (!changes) return x.strong();
  return apply_single(kPad, {x.strong()}, {{"before", before}, {"after", after}, {"value", options.value}});
}

}  // namespace cornu::ops
