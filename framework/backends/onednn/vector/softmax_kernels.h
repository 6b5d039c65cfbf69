#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::onednn {

/// Along contiguous rows, or down columns that are vectorised side by side. `x` is the first operand, `dy` the second
/// of a gradient; `stride` is the distance of a column's elements.
struct SoftmaxLoops {
  void (*row)(const float* x, const float* dy, float* result, std::int64_t count);
  void (*columns)(const float* x, const float* dy, float* result, std::int64_t count, std::int64_t columns,
                  std::int64_t stride);
};

/// The greatest element, and what the logarithm of the sum of exponentials exceeds it by.
struct PeakAndRest {
  float peak;
  float rest;
};

struct SoftmaxKernels {
  SoftmaxLoops softmax;
  SoftmaxLoops log_softmax;
  SoftmaxLoops softmax_gradient;
  SoftmaxLoops log_softmax_gradient;
  /// log(sum(exp(x))) of a row, in two parts.
  PeakAndRest (*log_sum_exp)(const float* x, std::int64_t count);
  /// exp(x - log_total) * factor of a row.
  void (*scaled_exp)(const float* x, float log_total, float factor, float* result, std::int64_t count);
};

CORNU_DECLARE_ISA_TABLE(SoftmaxKernels, softmax_kernels)

}  // namespace cornu::onednn
