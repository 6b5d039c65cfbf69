#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// A tensor of one value everywhere; dimensions may be unknown inside a graph. **See**: `keras.ops.full`.
Tensor full(const Shape& shape, double value, DType dtype = DType::kFloat32);
Tensor zeros(const Shape& shape, DType dtype = DType::kFloat32);
Tensor ones(const Shape& shape, DType dtype = DType::kFloat32);

/// The same in the shape and dtype of another tensor.
Tensor full_like(const Tensor& x, double value);
Tensor zeros_like(const Tensor& x);
Tensor ones_like(const Tensor& x);

}  // namespace cornu::ops
