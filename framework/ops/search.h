#pragma once

#include <cstdint>
#include <string>

#include "framework/tensor.h"

namespace cornu::ops {

/// Where values would have to be inserted into an ascending vector to keep it ascending: before equal entries
/// ("left") or after them ("right"). int32. **See**: `keras.ops.searchsorted`.
Tensor searchsorted(const Tensor& sorted, const Tensor& values, const std::string& side = "left");

/// The number of the bin of each value, int32: bin i reaches from `bins[i - 1]` to below `bins[i]`. **See**:
/// `keras.ops.digitize`.
Tensor digitize(const Tensor& x, const Tensor& bins);

/// How often each of the numbers 0, 1, ... occurs along the last axis, or the sum of its weights.
///
/// As long as the greatest number demands, but at least `minlength`; symbolic tensors, whose greatest number is not
/// known, give exactly `minlength` and leave out what is greater.
/// **Inputs**: integers `(n,)` or `(batch, n)`; weights of the same shape. **Output**: int32, or the weights' dtype.
/// **Throws** DTypeError for other numbers, InvalidArgument for a symbol without `minlength`. **See**:
/// `keras.ops.bincount`.
Tensor bincount(const Tensor& x, const Tensor& weights = {}, std::int64_t minlength = 0);

}  // namespace cornu::ops
