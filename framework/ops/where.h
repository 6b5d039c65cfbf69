#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// `x` where the condition holds, else `y`; all three broadcast. **See**: `keras.ops.where`.
Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y);

}  // namespace cornu::ops
