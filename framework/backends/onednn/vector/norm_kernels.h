#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::onednn {

/// Inner loops of batch and layer normalisation.
///
/// The functions of batch normalisation work on a block of `rows` rows that lie `stride` elements apart, and on
/// `columns` of their columns; what belongs to a column (mean, scale, ...) is an array of that length.
struct NormKernels {
  /// An estimate of each column's mean, and the sums of the distances from it and of their squares.
  void (*moments)(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* center,
                  float* sum, float* squares);
  /// y = (x - mean) * scale + beta
  void (*normalize)(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, const float* mean,
                    const float* scale, const float* beta, float* y);
  /// sum(dy) and sum(dy (x - mean))
  void (*gradient_sums)(const float* x, const float* dy, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                        const float* mean, float* sum, float* product_sum);
  /// dx = scale * (dy - shift - (x - mean) * slope)
  void (*input_gradient)(const float* x, const float* dy, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                         const float* mean, const float* scale, const float* shift, const float* slope, float* dx);

  /// Normalises one row of `size` elements; gives its mean (0 if not centred) and 1 / sqrt(variance + epsilon).
  void (*layer_norm)(const float* x, const float* gamma, const float* beta, std::int64_t size, float epsilon,
                     bool centered, float* y, float* mean, float* rstd);
  /// dx of one row; adds dy z and dy to the rows `dgamma` and `dbeta`.
  void (*layer_norm_gradient)(const float* x, float mean, float rstd, const float* gamma, const float* dy,
                              std::int64_t size, bool centered, float* dx, float* dgamma, float* dbeta);
};

CORNU_DECLARE_ISA_TABLE(NormKernels, norm_kernels)

}  // namespace cornu::onednn
