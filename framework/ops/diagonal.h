#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::ops {

/// The lower triangle of the last two axes, up to the diagonal `k` above the main one; zeros elsewhere. **See**:
/// `keras.ops.tril`.
Tensor tril(const Tensor& x, std::int64_t k = 0);

/// The upper triangle, from that diagonal on. **See**: `keras.ops.triu`.
Tensor triu(const Tensor& x, std::int64_t k = 0);

/// Entries `(i, i + offset)` of two axes as a new last axis instead of them. The sizes of both are known.
/// **See**: `keras.ops.diagonal`.
Tensor diagonal(const Tensor& x, std::int64_t offset = 0, std::int64_t axis1 = 0, std::int64_t axis2 = 1);

/// A vector as the diagonal of a square matrix of zeros; of a matrix the diagonal. **See**: `keras.ops.diag`.
Tensor diag(const Tensor& x, std::int64_t k = 0);

/// The last axis as the diagonal of two new last axes. **See**: `keras.ops.diagflat`, which flattens first.
Tensor matrix_diag(const Tensor& x, std::int64_t k = 0);

/// The sum of a diagonal. **See**: `keras.ops.trace`.
Tensor trace(const Tensor& x, std::int64_t offset = 0, std::int64_t axis1 = 0, std::int64_t axis2 = 1);

}  // namespace cornu::ops
