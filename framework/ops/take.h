#pragma once

#include <cstdint>

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// The entries of an axis that the indices name: `y[a, i, b] = x[a, indices[i], b]`.
///
/// A negative index counts from the end. An index outside the axis is an error where its value is known, as in NumPy
/// and on TensorFlow's CPU; in a compiled graph that is fed with indices it takes the nearest entry, and nothing
/// outside of `x` is ever read. The gradient adds up where an entry was taken several times, in the order of the
/// indices whatever the number of threads.
///
/// **Inputs**: x `(a..., size, b...)`, indices of any shape and an integer dtype. **Output**: `(a..., indices...,
/// b...)`.
/// **Throws** DTypeError for indices that are not integers, InvalidArgument for known ones outside the axis. **See**:
/// `keras.ops.take`.
Tensor take(const Tensor& x, const Tensor& indices, std::int64_t axis);

/// The same on the flattened tensor.
Tensor take(const Tensor& x, const Tensor& indices);

/// One entry of an axis for each index: `y[a, i, b] = x[a, indices[a, i, b], b]`. Other axes broadcast; indices are
/// read as `take` reads them. **See**: `keras.ops.take_along_axis`.
Tensor take_along_axis(const Tensor& x, const Tensor& indices, std::int64_t axis);

/// The same on the flattened tensors.
Tensor take_along_axis(const Tensor& x, const Tensor& indices);

/// Zeros with `updates` added at places of an axis, the adjoint of `take`: `y[a, indices[i], b] += updates[a, i, b]`.
///
/// **Inputs**: updates `(a..., indices..., b...)`, indices. **Output**: `(a..., size, b...)`.
Tensor index_add(const Tensor& updates, const Tensor& indices, std::int64_t axis, std::int64_t size);

/// The adjoint of `take_along_axis` in the size that `like` has along the axis; of `like` nothing else is used.
Tensor index_add_along_axis(const Tensor& updates, const Tensor& indices, const Tensor& like, std::int64_t axis);

/// `x` with entries of its first axis replaced; of several for one place the last counts.
///
/// **Inputs**: x `(size, b...)`, indices `(n,)`, updates `(n, b...)`.
Tensor index_update(const Tensor& x, const Tensor& indices, const Tensor& updates);

}  // namespace cornu::ops
