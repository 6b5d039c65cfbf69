#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// `sqrt(x^2 + y^2)` without overflow; its gradient at (0, 0) is 0. **See**: `keras.ops.hypot`.
Tensor hypot(const Tensor& x, const Tensor& y);

}  // namespace cornu::ops
