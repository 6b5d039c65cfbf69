#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::initializers {

/// Random values for weights: element i depends on the seed and on i alone, not on the number of threads.

/// Uniform in [minval, maxval).
Tensor uniform_values(const Shape& shape, DType dtype, double minval, double maxval, std::uint64_t seed);
/// Normally distributed.
Tensor normal_values(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed);
/// Normally distributed; values further than two standard deviations from the mean are drawn again.
Tensor truncated_normal_values(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed);

}  // namespace cornu::initializers
