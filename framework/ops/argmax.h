#pragma once

#include <cstdint>
#include <optional>

#include "framework/tensor.h"

namespace cornu::ops {

struct ArgmaxOptions {
  std::optional<std::int64_t> axis = {};  ///< the axis searched; of all elements in row-major order by default
  bool keepdims = false;                  ///< keep the axis (or all of them) with size 1
};

/// Index of the greatest (smallest) element along an axis; of equal ones the first. NaN counts as both. int32.
///
/// **Throws** ShapeError for an axis outside of the rank, or one of size 0. **See**: `keras.ops.argmax`, `argmin`.
Tensor argmax(const Tensor& x, const ArgmaxOptions& options = {});
Tensor argmin(const Tensor& x, const ArgmaxOptions& options = {});

}  // namespace cornu::ops
