#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// The same numbers as another dtype; floats are cut towards zero when they become integers.
///
/// **See**: `keras.ops.cast`. Gradients pass between floating dtypes and stop at others.
Tensor cast(const Tensor& x, DType dtype);

}  // namespace cornu::ops
