#pragma once

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// The elements of `x`, in row-major order, under another shape; one dimension may be -1 and follows from the rest.
/// **Throws** ShapeError when the number of elements differs. **See**: `keras.ops.reshape`.
Tensor reshape(const Tensor& x, const Shape& shape);

/// The same with the shape of another tensor, also where that is known only when the graph runs.
Tensor reshape_like(const Tensor& x, const Tensor& like);

/// Each entry of the first axis under another shape, in which one dimension may be -1: `(batch, a...)` gives
/// `(batch, shape...)`, also where more than one size is known only when the graph runs.
Tensor reshape_each(const Tensor& x, const Shape& shape);

/// New axes of size 1 at these places of the result.
Tensor expand_dims(const Tensor& x, const Axes& axes);

/// Without the given axes, which must have size 1; without all such axes by default.
Tensor squeeze(const Tensor& x, const Axes& axes = {});

/// `x` repeated along axes of size 1 (and new leading axes) to fill the shape.
Tensor broadcast_to(const Tensor& x, const Shape& shape);
Tensor broadcast_like(const Tensor& x, const Tensor& like);

/// Axes in another order: output axis i is input axis `permutation[i]`; reversed by default.
Tensor transpose(const Tensor& x, std::vector<std::int64_t> permutation = {});

}  // namespace cornu::ops
