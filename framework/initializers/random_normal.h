#pragma once

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// Options of RandomNormal, in Keras' order.
struct RandomNormalOptions {
  double mean = 0.0;
  double stddev = 0.05;                   ///< at least 0
  std::optional<std::int64_t> seed = {};  ///< drawn from the thread's sequence where none is given
};

/// Normally distributed values. **See**: `keras.initializers.RandomNormal`.
class RandomNormal : public Initializer {
 public:
  explicit RandomNormal(const RandomNormalOptions& options = {});
};

}  // namespace cornu::initializers
