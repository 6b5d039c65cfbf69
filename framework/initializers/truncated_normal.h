#pragma once

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// Options of TruncatedNormal, in Keras' order.
struct TruncatedNormalOptions {
  double mean = 0.0;
  double stddev = 0.05;                   ///< before values are cut off
  std::optional<std::int64_t> seed = {};  ///< drawn from the thread's sequence where none is given
};

/// Normally distributed values, none further than two standard deviations from the mean.
/// **See**: `keras.initializers.TruncatedNormal`.
class TruncatedNormal : public Initializer {
 public:
  explicit TruncatedNormal(const TruncatedNormalOptions& options = {});
};

}  // namespace cornu::initializers
