#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu::schedules {

/// Options of PiecewiseConstantDecay, in Keras' order.
struct PiecewiseConstantDecayOptions {
  std::vector<std::int64_t> boundaries = {};  ///< last step of each value but the last, rising
  std::vector<double> values = {};            ///< one more than boundaries
  std::string name = "PiecewiseConstant";
};

/// Holds one value after another: `values[0]` up to and including step `boundaries[0]`, and so on.
///
/// **See**: `keras.optimizers.schedules.PiecewiseConstantDecay`.
class PiecewiseConstantDecay : public LearningRateSchedule {
 public:
  explicit PiecewiseConstantDecay(const PiecewiseConstantDecayOptions& options);
};

}  // namespace cornu::schedules
