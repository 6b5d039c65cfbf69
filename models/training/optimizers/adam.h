#pragma once

#include "models/training/optimizers/optimizer.h"

namespace cornu::optimizers {

/// Options of Adam, in Keras' order; what is common to all optimizers is explained at OptimizerSettings.
struct AdamOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;   ///< use the largest v seen so far
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

/// Steps scaled by running means of the gradient and of its square.
///
/// `m += (1 - beta_1)(g - m); v += (1 - beta_2)(g² - v); w -= lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)`.
/// **See**: Kingma and Ba 2014, Reddi et al. 2018 (amsgrad); `keras.optimizers.Adam`, whose epsilon is the "epsilon hat" of the paper.
class Adam : public Optimizer {
 public:
  explicit Adam(const AdamOptions& options = {});
};

}  // namespace cornu::optimizers
