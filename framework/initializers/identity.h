#pragma once

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// The identity matrix, times `gain`; for weights of rank 2. **Throws** ShapeError for another rank.
/// **See**: `keras.initializers.Identity`.
class Identity : public Initializer {
 public:
  explicit Identity(double gain = 1.0);
};

}  // namespace cornu::initializers
