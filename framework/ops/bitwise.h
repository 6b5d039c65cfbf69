#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Functions of the bits of integers or bools, element by element on broadcast operands; no gradients.
/// **Throws** DTypeError for floating operands. **See**: `keras.ops.bitwise_and` and so on.
Tensor bitwise_and(const Tensor& x, const Tensor& y);
Tensor bitwise_or(const Tensor& x, const Tensor& y);
Tensor bitwise_xor(const Tensor& x, const Tensor& y);
Tensor bitwise_not(const Tensor& x);
/// `x` shifted by `y` bits; `right_shift` keeps the sign.
Tensor left_shift(const Tensor& x, const Tensor& y);
Tensor right_shift(const Tensor& x, const Tensor& y);

}  // namespace cornu::ops
