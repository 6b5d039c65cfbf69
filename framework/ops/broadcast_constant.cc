#include "framework/ops/broadcast_constant.h"

#include "framework/operation.h"
#include "framework/ops/cast.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {

Tensor full(const Shape& shape, double value, DType dtype) {
  const Tensor scalar = dtype == DType::kFloat64 ? Tensor::copy({value}, {}) : cast(Tensor(value).strong(), dtype);
  return broadcast_to(scalar, shape);
}

Tensor zeros(const Shape& shape, DType dtype) { return full(shape, 0.0, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1.0, dtype); }

Tensor full_like(const Tensor& x, double value) {
  if (x.shape().is_known()) return full(x.shape(), value, x.dtype());
  return broadcast_like(full({}, value, x.dtype()), x);
}

Tensor zeros_like(const Tensor& x) { return full_like(x, 0.0); }
Tensor ones_like(const Tensor& x) { return full_like(x, 1.0); }

}  // namespace cornu::ops
