#pragma once

#include "models/training/optimizers/optimizer.h"

namespace cornu::optimizers {

/// Options of SGD, in Keras' order; what is common to all optimizers is explained at OptimizerSettings.
struct SGDOptions {
  LearningRate learning_rate = 0.01;
  double momentum = 0.0;   ///< between 0 and 1
  bool nesterov = false;
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

/// Gradient descent, with momentum: `v = momentum v - lr g; w += v` (Nesterov: `w += momentum v - lr g`).
///
/// **See**: Sutskever et al. 2013; `keras.optimizers.SGD`.
class SGD : public Optimizer {
 public:
  explicit SGD(const SGDOptions& options = {});
};

}  // namespace cornu::optimizers
