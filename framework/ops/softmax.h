#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::ops {

/// `exp(x) / sum(exp(x))` along an axis, without overflow: positive numbers that add up to 1.
///
/// **Inputs** any shape, floating; integers become float32. **Output** the shape of `x`.
/// **Throws** ShapeError for an axis outside of the rank. **See**: `keras.ops.softmax`.
Tensor softmax(const Tensor& x, std::int64_t axis = -1);

/// `x - log(sum(exp(x)))` along an axis: the logarithm of `softmax`, exact also where that is close to 0.
/// **See**: `keras.ops.log_softmax`.
Tensor log_softmax(const Tensor& x, std::int64_t axis = -1);

}  // namespace cornu::ops
