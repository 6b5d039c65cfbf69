#pragma once

#include <cstdint>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// The tensor with two axes exchanged. **See**: `keras.ops.swapaxes`.
Tensor swapaxes(const Tensor& x, std::int64_t axis1, std::int64_t axis2);

/// The tensor with axes moved to new places, the others keeping their order. **Throws** InvalidArgument unless both
/// lists are of one length and name each axis once. **See**: `keras.ops.moveaxis`.
Tensor moveaxis(const Tensor& x, const std::vector<std::int64_t>& source, const std::vector<std::int64_t>& destination);
Tensor moveaxis(const Tensor& x, std::int64_t source, std::int64_t destination);

/// All elements as a vector. **See**: `keras.ops.ravel`.
Tensor ravel(const Tensor& x);

}  // namespace cornu::ops
