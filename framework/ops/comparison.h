#pragma once

#include "framework/tensor.h"

namespace cornu {
namespace ops {

/// Comparisons and logic, element by element on broadcast operands; results are bool. Operands of the logical
/// functions are converted: a number is true when it is not zero. **See**: `keras.ops`.
Tensor equal(const Tensor& x, const Tensor& y);
Tensor not_equal(const Tensor& x, const Tensor& y);
Tensor less(const Tensor& x, const Tensor& y);
Tensor less_equal(const Tensor& x, const Tensor& y);
Tensor greater(const Tensor& x, const Tensor& y);
Tensor greater_equal(const Tensor& x, const Tensor& y);
Tensor logical_and(const Tensor& x, const Tensor& y);
Tensor logical_or(const Tensor& x, const Tensor& y);
Tensor logical_xor(const Tensor& x, const Tensor& y);
Tensor logical_not(const Tensor& x);
Tensor isnan(const Tensor& x);
Tensor isinf(const Tensor& x);
Tensor isfinite(const Tensor& x);

}  // namespace ops

inline Tensor operator<(const Tensor& x, const Tensor& y) { return ops::less(x, y); }
inline Tensor operator<=(const Tensor& x, const Tensor& y) { return ops::less_equal(x, y); }
inline Tensor operator>(const Tensor& x, const Tensor& y) { return ops::greater(x, y); }
inline Tensor operator>=(const Tensor& x, const Tensor& y) { return ops::greater_equal(x, y); }

}  // namespace cornu
