#pragma once

#include "models/training/optimizers/optimizer.h"

namespace cornu::optimizers {

/// Options of AdamW, in Keras' order; what is common to all optimizers is explained at OptimizerSettings.
struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;   ///< use the largest v seen so far
  std::optional<double> weight_decay = 0.004;
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

/// Adam with weight decay apart from the gradient. **See**: Loshchilov and Hutter 2017; `keras.optimizers.AdamW`.
class AdamW : public Optimizer {
 public:
  explicit AdamW(const AdamWOptions& options = {});
};

}  // namespace cornu::optimizers
