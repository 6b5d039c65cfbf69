#pragma once

#include "framework/tensor.h"

namespace cornu::io {

/// How the elements of a tensor are spread: float64 `(30, 3)`, a row for each bucket with its left edge, its right edge
/// and the number of elements in it.
///
/// The buckets are of one width from the least to the greatest element; the last includes its right edge. Where all
/// elements are equal, all edges are that value and the last bucket has everything. NaN and infinities are left out;
/// without any finite element everything is 0. **See**: `tf.summary.histogram`.
Tensor histogram_of(const Tensor& values);

}  // namespace cornu::io
