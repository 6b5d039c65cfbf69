#include "framework/ops/sort.h"

#include <string>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/take.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_argsort(std::span<const TensorSpec> inputs, const Attributes&) {
  return {{inputs[0].shape, DType::kInt32}};
}

TensorSpecs infer_top_k(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  Shape shape = inputs[0].shape;
  const std::int64_t k = attributes.integer("k");
  if (shape.rank() == 0 || k < 0 || (shape[-1] != kUnknown && shape[-1] < k)) {
    throw ShapeError("top_k: expected a last axis with at least k = " + std::to_string(k) + " entries; got shape " +
                         shape.to_string(),
                     {}, "top_k");
  }
  shape[-1] = k;
  return {{shape, inputs[0].dtype}, {shape, DType::kInt32}};
}

// Each value goes back to the place it was taken from.
Tensors top_k_gradient(const Node& node, const Tensors& g) {
  if (!g[0].defined()) return {{}};
  return {index_add_along_axis(g[0], node.output(1), node.input(0), -1)};
}

const Operation& kArgsort = register_operation({.name = "argsort", .infer = infer_argsort});
const Operation& kTopK = register_operation({.name = "top_k", .infer = infer_top_k, .gradient = top_k_gradient});

}  // namespace

Tensor argsort(const Tensor& x, std::int64_t axis) {
  const std::int64_t at = x.shape().checked_axis(axis);
  return moveaxis(apply_single(kArgsort, {moveaxis(x, at, -1)}), -1, at);
}

Tensor sort(const Tensor& x, std::int64_t axis) { return take_along_axis(x, argsort(x, axis), axis); }

TopK top_k(const Tensor& x, std::int64_t k) {
  const Tensors outputs = apply(kTopK, {x.strong()}, {{"k", k}});
  return {outputs[0], outputs[1]};
}

Tensor in_top_k(const Tensor& targets, const Tensor& predictions, std::int64_t k) {
  const Tensor chosen = take_along_axis(predictions, expand_dims(targets, -1), -1);
  const Tensor better = count_nonzero(greater(predictions, chosen), {.axis = -1});
  return logical_and(less(better, k), isfinite(squeeze(chosen, -1)));
}

}  // namespace cornu::ops
