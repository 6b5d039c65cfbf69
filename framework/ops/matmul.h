#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Matrix product over the last two axes; leading axes broadcast, vectors count as one row or one column.
///
/// **Inputs**: x `(..., m, k)` or `(k,)`, y `(..., k, n)` or `(k,)`, before the transpositions asked for.
/// **Output**: `(..., m, n)` without the axes that a vector did not have.
/// **Throws** ShapeError when the inner sizes differ. **See**: `keras.ops.matmul`.
struct MatmulOptions {
  bool transpose_x = false;  ///< use x with its last two axes swapped
  bool transpose_y = false;  ///< use y with its last two axes swapped
};
Tensor matmul(const Tensor& x, const Tensor& y, const MatmulOptions& options = {});

}  // namespace cornu::ops
