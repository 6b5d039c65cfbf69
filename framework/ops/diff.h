#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::ops {

/// Differences of neighbours along an axis, `n` times over. **See**: `keras.ops.diff`.
Tensor diff(const Tensor& x, std::int64_t n = 1, std::int64_t axis = -1);

}  // namespace cornu::ops
