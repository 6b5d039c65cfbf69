#pragma once

#include <cstdint>
#include <vector>

#include "layers/constraints/constraint.h"

namespace cornu::constraints {

/// Options of MaxNorm, in Keras' order.
struct MaxNormOptions {
  double max_value = 2.0;                ///< greatest Euclidean norm along the axes
  std::vector<std::int64_t> axis = {0};  ///< axes along which norms are taken; 0 for a Dense kernel, 0, 1, 2 for Conv2D
};

/// Scales down what is longer than `max_value`. **See**: `keras.constraints.MaxNorm`.
class MaxNorm : public Constraint {
 public:
  explicit MaxNorm(const MaxNormOptions& options = {});
};

/// Options of UnitNorm.
struct UnitNormOptions {
  std::vector<std::int64_t> axis = {0};  ///< axes along which norms are taken
};

/// Scales to length 1. **See**: `keras.constraints.UnitNorm`.
class UnitNorm : public Constraint {
 public:
  explicit UnitNorm(const UnitNormOptions& options = {});
};

/// Options of MinMaxNorm, in Keras' order.
struct MinMaxNormOptions {
  double min_value = 0.0;
  double max_value = 1.0;
  double rate = 1.0;                     ///< how far towards the bounds: 1 keeps them strictly
  std::vector<std::int64_t> axis = {0};  ///< axes along which norms are taken
};

/// Brings lengths between two bounds. **See**: `keras.constraints.MinMaxNorm`.
class MinMaxNorm : public Constraint {
 public:
  explicit MinMaxNorm(const MinMaxNormOptions& options = {});
};

}  // namespace cornu::constraints
