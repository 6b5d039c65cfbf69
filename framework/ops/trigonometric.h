#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Trigonometric and hyperbolic functions and their inverses, element by element; angles in radians, integers become
/// float32. **See**: `keras.ops` (there `arcsin`, `arccos`, ... for the inverses).
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor tan(const Tensor& x);
Tensor asin(const Tensor& x);
Tensor acos(const Tensor& x);
Tensor atan(const Tensor& x);
/// The angle of the point (x, y), in [-pi, pi].
Tensor atan2(const Tensor& y, const Tensor& x);
Tensor sinh(const Tensor& x);
Tensor cosh(const Tensor& x);
Tensor asinh(const Tensor& x);
Tensor acosh(const Tensor& x);
Tensor atanh(const Tensor& x);

}  // namespace cornu::ops
