#pragma once

#include "framework/axes.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// The mean weighted by `weights`, of the shape of x or, along one axis, a vector. **Throws** ShapeError for other
/// weights. **See**: `keras.ops.average`.
Tensor average(const Tensor& x, const Axes& axis = {}, const Tensor& weights = {});

}  // namespace cornu::ops
