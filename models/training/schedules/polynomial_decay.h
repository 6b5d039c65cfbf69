#pragma once

#include <cstdint>
#include <string>

#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu::schedules {

/// Options of PolynomialDecay, in Keras' order.
struct PolynomialDecayOptions {
  double initial_learning_rate = 0.0;
  std::int64_t decay_steps = 0;
  double end_learning_rate = 0.0001;
  double power = 1.0;
  bool cycle = false;  ///< start over, ever longer, instead of staying at the end
  std::string name = "PolynomialDecay";
};

/// Falls to `end_learning_rate` in `decay_steps` steps along a power of the part that is left:
/// `(initial - end) * (1 - step / decay_steps) ^ power + end`.
///
/// **See**: `keras.optimizers.schedules.PolynomialDecay`.
class PolynomialDecay : public LearningRateSchedule {
 public:
  explicit PolynomialDecay(const PolynomialDecayOptions& options);
};

}  // namespace cornu::schedules
