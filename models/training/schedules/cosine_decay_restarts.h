#pragma once

#include <cstdint>
#include <string>

#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu::schedules {

/// Options of CosineDecayRestarts, in Keras' order.
struct CosineDecayRestartsOptions {
  double initial_learning_rate = 0.0;
  std::int64_t first_decay_steps = 0;
  double t_mul = 2.0;  ///< each period is so many times as long as the last
  double m_mul = 1.0;  ///< and starts so many times as high
  double alpha = 0.0;  ///< least learning rate, as a part of the greatest
  std::string name = "SGDRDecay";
};

/// Cosine decay that starts over, in periods of growing length.
///
/// **See**: Loshchilov and Hutter 2016; `keras.optimizers.schedules.CosineDecayRestarts`.
class CosineDecayRestarts : public LearningRateSchedule {
 public:
  explicit CosineDecayRestarts(const CosineDecayRestartsOptions& options);
};

}  // namespace cornu::schedules
