#pragma once

#include <cstdint>
#include <string>

#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu::schedules {

/// Options of ExponentialDecay, in Keras' order.
struct ExponentialDecayOptions {
  double initial_learning_rate = 0.0;
  std::int64_t decay_steps = 0;
  double decay_rate = 0.0;
  bool staircase = false;  ///< decay at every `decay_steps`-th step instead of a little at each
  std::string name = "ExponentialDecay";
};

/// Falls by the same factor every `decay_steps` steps: `initial_learning_rate * decay_rate ^ (step / decay_steps)`.
///
/// **See**: `keras.optimizers.schedules.ExponentialDecay`.
class ExponentialDecay : public LearningRateSchedule {
 public:
  explicit ExponentialDecay(const ExponentialDecayOptions& options);
};

}  // namespace cornu::schedules
