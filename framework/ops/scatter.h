#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::ops {

/// Zeros of that shape with values added at places named by their leading indices.
///
/// **Inputs**: indices `(n, k)`, integers; values `(n, b...)`. **Output**: shape `(a_1, ..., a_k, b...)`.
/// Indices outside are moved to the nearest place. **See**: `keras.ops.scatter`.
Tensor scatter(const Tensor& indices, const Tensor& values, const Shape& shape);

/// `x` with the values at such places replaced; of several for one place the last counts. **See**:
/// `keras.ops.scatter_update`.
Tensor scatter_update(const Tensor& x, const Tensor& indices, const Tensor& updates);

/// Sums of the entries of the first axis by segment: `y[s] = sum over i with segment_ids[i] = s of data[i]`.
///
/// Entries of segments outside [0, num_segments) are left out. **Inputs**: data `(n, b...)`, segment_ids `(n,)`.
/// **Output**: `(num_segments, b...)`. **See**: `keras.ops.segment_sum`.
Tensor segment_sum(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments);

/// Greatest entries by segment; -infinity, or the least integer, for a segment without entries. **See**:
/// `keras.ops.segment_max`.
Tensor segment_max(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments);

}  // namespace cornu::ops
