#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// Settings of a pooling over 1, 2 or 3 spatial axes. A vector with one entry serves all axes.
struct PoolOptions {
  std::vector<std::int64_t> strides = {};  ///< step of the window; empty: its size
  std::string padding = "valid";           ///< "valid" or "same"
};

/// The greatest element under each place of a window that moves over the spatial axes; NaN where there is one.
///
/// What "same" pads never wins. The gradient goes to the first of several greatest elements, in row-major order.
/// **Inputs**: x `(batch, spatial..., channels)`, floating. **Output**: `(batch, new spatial..., channels)`.
/// **Throws** ShapeError, DTypeError, InvalidArgument. **See**: `keras.ops.max_pool`.
Tensor max_pool(const Tensor& x, const std::vector<std::int64_t>& pool_size, const PoolOptions& options = {});

/// The mean of the elements under each place of the window, of which the padded ones do not count.
///
/// **Inputs, Output, Throws**: as above. **See**: `keras.ops.average_pool`.
Tensor average_pool(const Tensor& x, const std::vector<std::int64_t>& pool_size, const PoolOptions& options = {});

}  // namespace cornu::ops
