#pragma once

#include "models/training/optimizers/optimizer.h"

namespace cornu::optimizers {

/// The settings that all classes of options have under the same names.
template <typename Options>
OptimizerSettings common_settings(const Options& options) {
  return {.weight_decay = options.weight_decay,
          .clipnorm = options.clipnorm,
          .clipvalue = options.clipvalue,
          .global_clipnorm = options.global_clipnorm,
          .use_ema = options.use_ema,
          .ema_momentum = options.ema_momentum,
          .ema_overwrite_frequency = options.ema_overwrite_frequency,
          .loss_scale_factor = options.loss_scale_factor,
          .gradient_accumulation_steps = options.gradient_accumulation_steps,
          .name = options.name};
}

/// Puts settings into a class's options: the inverse of `common_settings`.
template <typename Options>
void set_common_settings(Options& options, const OptimizerSettings& settings) {
  options.weight_decay = settings.weight_decay;
  options.clipnorm = settings.clipnorm;
  options.clipvalue = settings.clipvalue;
  options.global_clipnorm = settings.global_clipnorm;
  options.use_ema = settings.use_ema;
  options.ema_momentum = settings.ema_momentum;
  options.ema_overwrite_frequency = settings.ema_overwrite_frequency;
  options.loss_scale_factor = settings.loss_scale_factor;
  options.gradient_accumulation_steps = settings.gradient_accumulation_steps;
  options.name = settings.name;
}

}  // namespace cornu::optimizers
