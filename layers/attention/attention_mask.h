#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::layers {

/// Masks over pairs of positions, `(1, query length, key length)` bool, true where a query may look at a key. Both
/// sequences are `(batch, length, ...)`.

/// Keys up to the query's own position.
Tensor causal_mask(const Tensor& queries, const Tensor& keys);

/// Keys less than `window` positions away, on both sides.
Tensor sliding_window_mask(const Tensor& queries, const Tensor& keys, std::int64_t window);

/// What is true in both; either may be undefined.
Tensor both(const Tensor& mask, const Tensor& other);

/// What hides a score from a softmax: a number that its dtype can hold and whose exponential is 0 there.
double large_negative(DType dtype);

}  // namespace cornu::layers
