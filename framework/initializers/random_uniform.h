#pragma once

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// Options of RandomUniform, in Keras' order.
struct RandomUniformOptions {
  double minval = -0.05;
  double maxval = 0.05;
  std::optional<std::int64_t> seed = {};  ///< drawn from the thread's sequence where none is given
};

/// Uniform values in [minval, maxval). **See**: `keras.initializers.RandomUniform`.
class RandomUniform : public Initializer {
 public:
  explicit RandomUniform(const RandomUniformOptions& options = {});
};

}  // namespace cornu::initializers
