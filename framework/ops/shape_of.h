#pragma once

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// The shape of `x` as an int32 tensor of rank 1. A constant where the shape is known. **See**: `keras.ops.shape`.
Tensor shape_of(const Tensor& x);

/// The number of elements along the axes, an int32 scalar: a constant where those sizes are known.
Tensor count_along(const Tensor& x, const Axes& axes);

}  // namespace cornu::ops
