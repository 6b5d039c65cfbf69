#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// The number whose `erf` is x, for x in (-1, 1); infinite at -1 and 1, NaN outside. **See**: `keras.ops.erfinv`.
Tensor erfinv(const Tensor& x);

}  // namespace cornu::ops
