#pragma once

#include <string>

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// Linear algebra on the last two axes; leading axes are a batch. Integers become float32. Matrices without a solution
/// give infinities or NaN, not an error. **Throws** ShapeError for matrices that are not square. **See**: `keras.ops`.

/// The lower triangle L with `L L^T = x`; NaN where x is not positive definite. Only the lower triangle of x is read.
Tensor cholesky(const Tensor& x);
Tensor det(const Tensor& x);
Tensor inv(const Tensor& x);

/// x with `a x = b`. **Inputs**: a `(..., n, n)`; b `(..., n, k)` of the same batch, or a vector `(..., n)` where it
/// has one axis less than a.
Tensor solve(const Tensor& a, const Tensor& b);

/// The same for a triangle of a, what stands in the other one counting as 0.
Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower = false);

/// Norm of vectors along one axis, or of all elements: `sum(|x|^ord)^(1/ord)`; the number of elements other than 0 for
/// 0, the greatest or least magnitude for infinity or minus infinity. Along two axes, rows and columns of matrices: the
/// greatest (1) or least (-1) sum of a column, or that of a row (infinity, -infinity).
/// **Throws** InvalidArgument for another `ord` of matrices.
Tensor norm(const Tensor& x, double ord, const ReduceOptions& options);

/// The norm named "euclidean" of vectors, or "fro" (Frobenius) of matrices: the root of the sum of squares.
Tensor norm(const Tensor& x, const std::string& ord, const ReduceOptions& options);

}  // namespace cornu::ops
