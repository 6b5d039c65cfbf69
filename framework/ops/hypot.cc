#include "framework/ops/hypot.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

Tensor floating(const Tensor& x) { return is_floating(x.dtype()) ? x : cast(x, DType::kFloat32); }

}  // namespace

Tensor hypot(const Tensor& x, const Tensor& y) {
  const Tensor a = absolute(floating(x));
  const Tensor b = absolute(floating(y));
  const Tensor longer = maximum(a, b);
  // Neither zero nor infinity may be divided by.
  const Tensor plain = logical_and(greater(longer, 0.0), isfinite(longer));
  const Tensor scale = where(plain, longer, 1.0);
  const Tensor ratio = where(plain, minimum(a, b) / scale, 0.0);
  return where(plain, scale * sqrt(1.0 + square(ratio)), longer);
}

}  // namespace cornu::ops
