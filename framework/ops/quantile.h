#pragma once

#include <string>
#include <vector>

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// The middle entry along axes in ascending order, or the mean of the two in the middle. Integers become float32.
/// **See**: `keras.ops.median`.
Tensor median(const Tensor& x, const ReduceOptions& options = {});

/// The value below which the part `q` of the entries lies; between two entries by `method`: "linear", "lower",
/// "higher", "midpoint" or "nearest".
///
/// **Output**: without the reduced axes; of several q a new first axis. Axes to reduce have known, positive sizes.
/// **Throws** InvalidArgument for q outside [0, 1] or another method. **See**: `keras.ops.quantile`.
Tensor quantile(const Tensor& x, double q, const ReduceOptions& options = {}, const std::string& method = "linear");
Tensor quantile(const Tensor& x, const std::vector<double>& q, const ReduceOptions& options = {},
                const std::string& method = "linear");

}  // namespace cornu::ops
