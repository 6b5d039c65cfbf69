#include "layers/regularization/dropout.h"

#include "framework/initializers/seed.h"
#include "framework/ops/random.h"
#include "layers/config_fields.h"
#include "layers/layer_title.h"
#include "layers/registry.h"
#include "layers/regularization/noise_shape.h"
#include "layers/regularization/rate.h"

namespace cornu::layers {

Dropout::Dropout(double rate, const DropoutOptions& options) : Shared(rate, options) {}

DropoutLayer::DropoutLayer(double rate, const DropoutOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      rate_(rate),
      options_(options) {
  check_between_0_and_1(rate, "rate", layer_title("Dropout", options.name));
  check_noise_shape(options.noise_shape, layer_title("Dropout", options.name));
  if (rate > 0.0) add_seed_state(options.seed);
  set_supports_masking(true);
}

Outputs DropoutLayer::call(const Inputs& inputs, const CallContext& context) {
  if (!context.training() || rate_ == 0.0) return inputs[0];
  return ops::dropout(inputs[0], rate_, context.random_state(),
                      options_.noise_shape.value_or(std::vector<std::int64_t>{}));
}

Config DropoutLayer::config() const {
  Config config = Layer::config();
  config.set("rate", rate_);
  config.set("seed", initializers::seed_config(options_.seed));
  config.set("noise_shape", options_.noise_shape ? shape_config(*options_.noise_shape) : Config());
  return config;
}

namespace {

const bool kRegistered = register_layer("Dropout", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Dropout(config.at("rate").as_double(), {.noise_shape = noise_shape_from(config.get("noise_shape")),
                                                 .seed = initializers::seed_from(config.get("seed")),
                                                 .name = settings.name,
                                                 .trainable = settings.trainable,
                                                 .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
