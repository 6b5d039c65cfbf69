#pragma once

#include "framework/tensor.h"

namespace cornu {
namespace ops {

/// Arithmetic, element by element on broadcast operands. dtypes are promoted as Keras does (`result_type`).
/// **Throws** ShapeError when shapes do not broadcast. **See**: functions of the same name in `keras.ops`.
Tensor add(const Tensor& x, const Tensor& y);
Tensor subtract(const Tensor& x, const Tensor& y);
Tensor multiply(const Tensor& x, const Tensor& y);
/// Quotient; integers give float32.
Tensor divide(const Tensor& x, const Tensor& y);
/// `x / y` where y is not 0, else 0; its gradient is 0 there too.
Tensor divide_no_nan(const Tensor& x, const Tensor& y);
/// Quotient rounded down.
Tensor floor_divide(const Tensor& x, const Tensor& y);
/// Rest of `floor_divide`: has the sign of y.
Tensor mod(const Tensor& x, const Tensor& y);
Tensor power(const Tensor& x, const Tensor& y);
/// The greater operand; at equality the gradient goes to `x`.
Tensor maximum(const Tensor& x, const Tensor& y);
Tensor minimum(const Tensor& x, const Tensor& y);
Tensor negative(const Tensor& x);
Tensor absolute(const Tensor& x);
/// -1, 0 or 1.
Tensor sign(const Tensor& x);
Tensor square(const Tensor& x);
Tensor sqrt(const Tensor& x);
/// `1 / sqrt(x)`
Tensor rsqrt(const Tensor& x);
Tensor reciprocal(const Tensor& x);
/// x between the two bounds.
Tensor clip(const Tensor& x, const Tensor& minimum, const Tensor& maximum);

}  // namespace ops

inline Tensor operator+(const Tensor& x, const Tensor& y) { return ops::add(x, y); }
inline Tensor operator-(const Tensor& x, const Tensor& y) { return ops::subtract(x, y); }
inline Tensor operator*(const Tensor& x, const Tensor& y) { return ops::multiply(x, y); }
inline Tensor operator/(const Tensor& x, const Tensor& y) { return ops::divide(x, y); }
inline Tensor operator-(const Tensor& x) { return ops::negative(x); }

}  // namespace cornu
