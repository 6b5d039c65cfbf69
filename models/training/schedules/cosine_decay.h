#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu::schedules {

/// Options of CosineDecay, in Keras' order.
struct CosineDecayOptions {
  double initial_learning_rate = 0.0;
  std::int64_t decay_steps = 0;
  double alpha = 0.0;  ///< least learning rate, as a part of the greatest
  std::string name = "CosineDecay";
  std::optional<double> warmup_target = {};  ///< rise to this first; the decay starts from it
  std::int64_t warmup_steps = 0;
};

/// Falls along half a period of the cosine, if wanted after a straight rise.
///
/// `(1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha`, times the rate where the decay starts.
/// **See**: Loshchilov and Hutter 2016; `keras.optimizers.schedules.CosineDecay`.
class CosineDecay : public LearningRateSchedule {
 public:
  explicit CosineDecay(const CosineDecayOptions& options);
};

}  // namespace cornu::schedules
