#include "framework/ops/l2_normalize.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"

namespace cornu::ops {

Tensor l2_normalize(const Tensor& x, const Axes& axis) {
  constexpr double kEpsilon = 1e-7;
  const Tensor squares = sum(square(x), {.axis = axis, .keepdims = true});
  // Bounded before the root, whose gradient at 0 is infinite.
  return x * rsqrt(maximum(squares, kEpsilon * kEpsilon));
}

}  // namespace cornu::ops
