#include "framework/ops/heaviside.h"

#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

Tensor floating(const Tensor& x) { return is_floating(x.dtype()) ? x : cast(x, DType::kFloat32); }

}  // namespace

Tensor heaviside(const Tensor& x, const Tensor& at_zero) {
  const Tensor y = floating(x);
  const Tensor step = where(equal(y, 0.0), at_zero, cast(greater(y, 0.0), y.dtype()));
  return where(isnan(y), y, step);
}

}  // namespace cornu::ops
