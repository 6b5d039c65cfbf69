#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Rounding, element by element; the gradient is 0 everywhere. Integers become float32, as in Keras.
/// **See**: `keras.ops`.
Tensor floor(const Tensor& x);
Tensor ceil(const Tensor& x);
/// To the nearest integer; halves to the even one.
Tensor round(const Tensor& x);
/// Towards zero.
Tensor trunc(const Tensor& x);

}  // namespace cornu::ops
