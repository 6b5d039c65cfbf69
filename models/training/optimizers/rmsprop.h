#pragma once

#include "models/training/optimizers/optimizer.h"

namespace cornu::optimizers {

/// Options of RMSprop, in Keras' order; what is common to all optimizers is explained at OptimizerSettings.
struct RMSpropOptions {
  LearningRate learning_rate = 0.001;
  double rho = 0.9;        ///< how much of the running means is kept
  double momentum = 0.0;
  double epsilon = 1e-7;
  bool centered = false;   ///< divide by the variance instead of the mean square
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<std::int64_t> gradient_accumulation_steps = {};
  std::string name = {};
};

/// Steps divided by the root of a running mean of the squared gradient.
///
/// **See**: Tieleman and Hinton 2012; `keras.optimizers.RMSprop`.
class RMSprop : public Optimizer {
 public:
  explicit RMSprop(const RMSpropOptions& options = {});
};

}  // namespace cornu::optimizers
