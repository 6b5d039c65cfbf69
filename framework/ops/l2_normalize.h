#pragma once

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// `x` divided by its Euclidean norm along the axes; a norm below 1e-7 counts as that, so that zeros stay zeros and
/// gradients finite. **See**: `keras.ops.normalize`.
Tensor l2_normalize(const Tensor& x, const Axes& axis);

}  // namespace cornu::ops
