#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// 0 where x is negative, 1 where it is positive, `at_zero` where it is 0. **See**: `keras.ops.heaviside`.
Tensor heaviside(const Tensor& x, const Tensor& at_zero);

}  // namespace cornu::ops
