#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::ops {

/// The places that the entries of an axis have in ascending order, int32. Equal entries keep their order; NaN come
/// last.
/// **See**: `keras.ops.argsort`.
Tensor argsort(const Tensor& x, std::int64_t axis = -1);

/// The entries of an axis in ascending order, NaN last. **See**: `keras.ops.sort`.
Tensor sort(const Tensor& x, std::int64_t axis = -1);

/// The greatest entries of the last axis and their places.
struct TopK {
  Tensor values;
  Tensor indices;  ///< int32
};

/// The k greatest entries of the last axis, the greatest first; of equal ones those that come first. NaN counts as
/// greatest. **Throws** ShapeError when the axis is shorter. **See**: `keras.ops.top_k`, whose results with
/// `sorted=False` may come in any order, so also in this one.
TopK top_k(const Tensor& x, std::int64_t k);

/// Whether the prediction for the target class is among the k greatest of its row; false where it is not finite.
///
/// **Inputs**: targets `(batch,)`, integers; predictions `(batch, classes)`. **Output**: `(batch,)` bool.
/// **See**: `keras.ops.in_top_k`.
Tensor in_top_k(const Tensor& targets, const Tensor& predictions, std::int64_t k);

}  // namespace cornu::ops
