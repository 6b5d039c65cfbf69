#pragma once

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// Reductions along axes, as in `ops::sum(x, {.axis = -1, .keepdims = true})`; all axes by default.
/// Sums and products of bool and int8 are int32, of uint8 uint32; the other reductions keep the dtype, `any` and `all`
/// give bool. An empty axis gives the neutral element for `sum`, `prod`, `any`, `all` and infinities for `max` and
/// `min`.
/// **See**: functions of the same name in `keras.ops`.
Tensor sum(const Tensor& x, const ReduceOptions& options = {});
Tensor prod(const Tensor& x, const ReduceOptions& options = {});
/// The greatest element; the gradient is shared evenly by all elements that are equal to it.
Tensor max(const Tensor& x, const ReduceOptions& options = {});
Tensor min(const Tensor& x, const ReduceOptions& options = {});
/// Arithmetic mean; integers give float32.
Tensor mean(const Tensor& x, const ReduceOptions& options = {});
/// Mean of the squared distances from the mean (biased: divided by the number of elements).
Tensor var(const Tensor& x, const ReduceOptions& options = {});
Tensor std(const Tensor& x, const ReduceOptions& options = {});
Tensor any(const Tensor& x, const ReduceOptions& options = {});
Tensor all(const Tensor& x, const ReduceOptions& options = {});
/// `log(sum(exp(x)))` without overflow.
Tensor logsumexp(const Tensor& x, const ReduceOptions& options = {});
/// Euclidean norm; at the zero vector its gradient is 0, not infinite.
Tensor norm(const Tensor& x, const ReduceOptions& options = {});
Tensor count_nonzero(const Tensor& x, const ReduceOptions& options = {});

}  // namespace cornu::ops
