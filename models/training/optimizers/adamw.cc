#include "models/training/optimizers/adamw.h"

#include "models/training/optimizers/adam_body.h"
#include "models/training/optimizers/common_settings.h"

namespace cornu::optimizers {
namespace {

AdamOptions adam_options(const AdamWOptions& options) {
  AdamOptions adam{.learning_rate = options.learning_rate,
                   .beta_1 = options.beta_1,
                   .beta_2 = options.beta_2,
                   .epsilon = options.epsilon,
                   .amsgrad = options.amsgrad};
  set_common_settings(adam, common_settings(options));
  return adam;
}

const bool kRegistered = register_optimizer("AdamW", [](const Config& config) -> Optimizer {
  return Optimizer(std::make_shared<AdamBody>("AdamW", adam_options_from(config, adam_options({}))));
});

}  // namespace

AdamW::AdamW(const AdamWOptions& options) : Optimizer(std::make_shared<AdamBody>("AdamW", adam_options(options))) {}

}  // namespace cornu::optimizers
