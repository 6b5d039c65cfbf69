#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// `x` itself, as a constant for gradients: none passes through. **See**: `keras.ops.stop_gradient`.
Tensor stop_gradient(const Tensor& x);

}  // namespace cornu::ops
