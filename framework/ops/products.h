#pragma once

#include <cstdint>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// NumPy's `dot`: sums over the last axis of x and the last but one of y (the only one of a vector); a scalar
/// multiplies. **See**: `keras.ops.dot`.
Tensor dot(const Tensor& x, const Tensor& y);

/// Sums over the last axes of both. **See**: `keras.ops.inner`.
Tensor inner(const Tensor& x, const Tensor& y);

/// Products of all elements of x with all of y: `(x elements, y elements)`. **See**: `keras.ops.outer`.
Tensor outer(const Tensor& x, const Tensor& y);

/// The sum of the products of all elements. **See**: `keras.ops.vdot`.
Tensor vdot(const Tensor& x, const Tensor& y);

/// Sums over axes of x together with axes of y, pairwise; what is left of x stands before what is left of y. A number
/// means so many last axes of x and first axes of y. **See**: `keras.ops.tensordot`.
Tensor tensordot(const Tensor& x, const Tensor& y, std::int64_t axes = 2);
Tensor tensordot(const Tensor& x, const Tensor& y, const std::vector<std::int64_t>& x_axes,
                 const std::vector<std::int64_t>& y_axes);

/// The cross product of vectors of 3 (or 2, then their third number is 0) along an axis. Two vectors of 2 give the
/// third number alone. **See**: `keras.ops.cross`.
Tensor cross(const Tensor& x, const Tensor& y, std::int64_t axis = -1);

/// Kronecker's product: each element of x times the whole of y. **See**: `keras.ops.kron`.
Tensor kron(const Tensor& x, const Tensor& y);

}  // namespace cornu::ops
