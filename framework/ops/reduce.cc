#include "framework/ops/reduce.h"

#include <algorithm>

#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reshape.h"
#include "framework/ops/shape_of.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

bool is_reduced(const std::vector<std::int64_t>& axes, std::int64_t axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

TensorSpecs infer_reduce(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const auto& axes = attributes.integers("axes");
  Shape shape;
  for (std::int64_t i = 0; i < inputs[0].shape.rank(); ++i) {
    if (!is_reduced(axes, i)) {
      shape.push_back(inputs[0].shape[i]);
    } else if (attributes.flag("keepdims")) {
      shape.push_back(1);
    }
  }
  return {{shape, inputs[0].dtype}};
}

// A reduced tensor with the reduced axes back as size 1, so that it broadcasts against the input.
Tensor with_kept_dims(const Tensor& reduced, const Node& node) {
  if (node.attributes().flag("keepdims")) return reduced;
  return expand_dims(reduced, node.attributes().integers("axes"));
}

Tensors sum_gradient(const Node& node, const Tensors& g) {
  return {broadcast_like(with_kept_dims(g[0], node), node.input(0))};
}

// d prod(x) = prod of the others; by division, with the zero elements handled apart.
Tensors prod_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const ReduceOptions along{.axis = node.attributes().integers("axes"), .keepdims = true};
  const Tensor zero = equal(x, 0.0);
  const Tensor zeros = sum(cast(zero, x.dtype()), along);
  const Tensor product = prod(where(zero, 1.0, x), along);
  const Tensor others = where(zero, product, product / where(zero, 1.0, x));
  // With one zero only its own derivative is left, with two or more none.
  const Tensor counts = where(zero, equal(zeros, 1.0), equal(zeros, 0.0));
  return {with_kept_dims(g[0], node) * where(counts, others, 0.0)};
}

Tensors extremum_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor hit = cast(equal(x, with_kept_dims(node.output(0), node)), x.dtype());
  const Tensor hits = sum(hit, {.axis = node.attributes().integers("axes"), .keepdims = true});
  return {hit * (with_kept_dims(g[0], node) / hits)};
}

const Operation& kSum = register_operation({.name = "sum", .infer = infer_reduce, .gradient = sum_gradient});
const Operation& kProd = register_operation({.name = "prod", .infer = infer_reduce, .gradient = prod_gradient});
const Operation& kMax = register_operation({.name = "max", .infer = infer_reduce, .gradient = extremum_gradient});
const Operation& kMin = register_operation({.name = "min", .infer = infer_reduce, .gradient = extremum_gradient});
const Operation& kAny = register_operation({.name = "any", .infer = infer_reduce});
const Operation& kAll = register_operation({.name = "all", .infer = infer_reduce});

Tensor reduce(const Operation& operation, const Tensor& x, const ReduceOptions& options) {
  const std::vector<std::int64_t> axes = options.axis.resolved(x.shape());
  return apply_single(operation, {x.strong()}, {{"axes", axes}, {"keepdims", options.keepdims}});
}

// Small integers would overflow at once.
Tensor numeric(const Tensor& x) {
  if (x.dtype() == DType::kBool || x.dtype() == DType::kInt8) return cast(x, DType::kInt32);
  return x.dtype() == DType::kUInt8 ? cast(x, DType::kUInt32) : x;
}

Tensor floating(const Tensor& x) { return is_floating(x.dtype()) ? x : cast(x, DType::kFloat32); }

}  // namespace

Tensor sum(const Tensor& x, const ReduceOptions& options) { return reduce(kSum, numeric(x), options); }
Tensor prod(const Tensor& x, const ReduceOptions& options) { return reduce(kProd, numeric(x), options); }
Tensor max(const Tensor& x, const ReduceOptions& options) { return reduce(kMax, x, options); }
Tensor min(const Tensor& x, const ReduceOptions& options) { return reduce(kMin, x, options); }
Tensor any(const Tensor& x, const ReduceOptions& options) { return reduce(kAny, cast(x, DType::kBool), options); }
Tensor all(const Tensor& x, const ReduceOptions& options) { return reduce(kAll, cast(x, DType::kBool), options); }

Tensor mean(const Tensor& x, const ReduceOptions& options) {
  const Tensor total = sum(floating(x), options);
  return total / cast(count_along(x, options.axis), total.dtype());
}

Tensor var(const Tensor& x, const ReduceOptions& options) {
  const Tensor center = mean(x, {.axis = options.axis, .keepdims = true});
  return mean(square(floating(x) - center), options);
}

Tensor std(const Tensor& x, const ReduceOptions& options) { return sqrt(var(x, options)); }

Tensor logsumexp(const Tensor& x, const ReduceOptions& options) {
  const Tensor y = floating(x);
  const Tensor peak = max(y, {.axis = options.axis, .keepdims = true});
  const Tensor safe = where(isfinite(peak), peak, 0.0);
  const Tensor result = log(sum(exp(y - safe), {.axis = options.axis, .keepdims = true})) + safe;
  return options.keepdims ? result : squeeze(result, options.axis.resolved(y.shape()));
}

Tensor norm(const Tensor& x, const ReduceOptions& options) {
  const Tensor squares = sum(square(floating(x)), options);
  const Tensor zero = equal(squares, 0.0);
  return where(zero, 0.0, sqrt(where(zero, 1.0, squares)));
}

Tensor count_nonzero(const Tensor& x, const ReduceOptions& options) {
  return sum(cast(not_equal(x, 0), DType::kInt32), options);
}

}  // namespace cornu::ops
