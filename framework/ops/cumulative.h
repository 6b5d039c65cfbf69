#pragma once

#include <cstdint>
#include <optional>

#include "framework/tensor.h"

namespace cornu::ops {

struct CumulativeOptions {
  std::optional<std::int64_t> axis = {};  ///< the axis walked along; of the flattened tensor by default
  bool reverse = false;                   ///< from the last element to the first
};

/// Sums of the elements up to and including each one. bool becomes int32, other dtypes stay.
/// **Throws** ShapeError for an axis outside of the rank. **See**: `keras.ops.cumsum`.
Tensor cumsum(const Tensor& x, const CumulativeOptions& options = {});

/// Products of the elements up to and including each one; the gradient is right where elements are 0, too.
/// **See**: `keras.ops.cumprod`.
Tensor cumprod(const Tensor& x, const CumulativeOptions& options = {});

}  // namespace cornu::ops
