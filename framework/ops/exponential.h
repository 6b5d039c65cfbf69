#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Exponential and logarithmic functions, element by element; integers become float32. **See**: `keras.ops`.
Tensor exp(const Tensor& x);
/// `exp(x) - 1`, exact near 0.
Tensor expm1(const Tensor& x);
Tensor log(const Tensor& x);
/// `log(1 + x)`, exact near 0.
Tensor log1p(const Tensor& x);
/// `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to x.
Tensor erf(const Tensor& x);
Tensor log2(const Tensor& x);
Tensor log10(const Tensor& x);
Tensor exp2(const Tensor& x);
/// `log(exp(x) + exp(y))` without overflow.
Tensor logaddexp(const Tensor& x, const Tensor& y);

}  // namespace cornu::ops
