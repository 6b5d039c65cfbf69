#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// `x + bias`, the bias a vector along the last axis: the same as `add`, and a graph says which it was.
///
/// **Inputs** x `(..., channels)`, bias `(channels,)`. **Output** the shape of x. **Throws** ShapeError.
Tensor bias_add(const Tensor& x, const Tensor& bias);

}  // namespace cornu::ops
