#pragma once

#include <cstdint>
#include <string>

#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu::schedules {

/// Options of InverseTimeDecay, in Keras' order.
struct InverseTimeDecayOptions {
  double initial_learning_rate = 0.0;
  std::int64_t decay_steps = 0;
  double decay_rate = 0.0;
  bool staircase = false;  ///< decay at every `decay_steps`-th step instead of a little at each
  std::string name = "InverseTimeDecay";
};

/// Falls like the inverse of time: `initial_learning_rate / (1 + decay_rate * step / decay_steps)`.
///
/// **See**: `keras.optimizers.schedules.InverseTimeDecay`.
class InverseTimeDecay : public LearningRateSchedule {
 public:
  explicit InverseTimeDecay(const InverseTimeDecayOptions& options);
};

}  // namespace cornu::schedules
