#pragma once

#include <limits>

#include "framework/tensor.h"

namespace cornu::ops {

struct ClosenessOptions {
  double rtol = 1e-5;      ///< allowed difference relative to |y|
  double atol = 1e-8;      ///< allowed difference besides
  bool equal_nan = false;  ///< whether NaN is close to NaN
};

/// `|x - y| <= atol + rtol |y|`, element by element; equal infinities are close. **See**: `keras.ops.isclose`.
Tensor isclose(const Tensor& x, const Tensor& y, const ClosenessOptions& options = {});

/// Whether all elements are close. **See**: `keras.ops.allclose`.
Tensor allclose(const Tensor& x, const Tensor& y, const ClosenessOptions& options = {});

/// x with other numbers in place of NaN and the infinities; these become the greatest and least of the dtype by
/// default.
/// **See**: `keras.ops.nan_to_num`.
struct NanToNumOptions {
  double nan = 0.0;
  double posinf = std::numeric_limits<double>::infinity();   ///< infinity: the greatest finite number
  double neginf = -std::numeric_limits<double>::infinity();  ///< -infinity: the least finite number
};
Tensor nan_to_num(const Tensor& x, const NanToNumOptions& options = {});

}  // namespace cornu::ops
