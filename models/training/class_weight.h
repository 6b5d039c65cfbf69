#pragma once

#include <cstdint>
#include <map>

#include "framework/tensor.h"

namespace cornu {

/// The weight of each sample by its class, 1 for classes not named. **Inputs**: integer classes `(n,)` or `(n, 1)`, or
/// one-hot
/// `(n, classes)`. **Output**: `(n,)` float32.
Tensor weights_by_class(const Tensor& y, const std::map<std::int64_t, double>& class_weight);

}  // namespace cornu
