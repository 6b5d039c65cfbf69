#include "framework/ops/average.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

Tensor floating(const Tensor& x) { return is_floating(x.dtype()) ? x : cast(x, DType::kFloat32); }

}  // namespace

Tensor average(const Tensor& x, const Axes& axis, const Tensor& weights) {
  if (!weights.defined()) return mean(x, {.axis = axis});
  Tensor factors = weights;
  const std::vector<std::int64_t> axes = axis.resolved(x.shape());
  if (weights.rank() == 1 && x.rank() > 1 && axes.size() == 1 &&
      Shape{x.shape()[axes[0]]}.is_compatible_with(weights.shape())) {
    Shape along(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
    along[axes[0]] = kUnknown;
    factors = reshape(weights, along);
  } else if (!weights.shape().is_compatible_with(x.shape())) {
    throw ShapeError("average: expected weights of shape " + x.shape().to_string() +
                         ", or a vector along one axis; got shape " + weights.shape().to_string(),
                     {}, "average");
  }
  const Tensor values = floating(x);
  const Tensor total = sum(multiply(values, factors), {.axis = axes});
  return total / sum(broadcast_like(cast(factors, total.dtype()), values), {.axis = axes});
}

}  // namespace cornu::ops
