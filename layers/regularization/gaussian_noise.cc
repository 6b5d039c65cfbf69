#include "layers/regularization/gaussian_noise.h"

#include "framework/initializers/seed.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/random.h"
#include "layers/layer_title.h"
#include "layers/registry.h"
#include "layers/regularization/rate.h"

namespace cornu::layers {

GaussianNoise::GaussianNoise(double stddev, const GaussianNoiseOptions& options) : Shared(stddev, options) {}

GaussianNoiseLayer::GaussianNoiseLayer(double stddev, const GaussianNoiseOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      stddev_(stddev),
      options_(options) {
  check_between_0_and_1(stddev, "stddev", layer_title("GaussianNoise", options.name));
  if (stddev > 0.0) add_seed_state(options.seed);
  set_supports_masking(true);
}

Outputs GaussianNoiseLayer::call(const Inputs& inputs, const CallContext& context) {
  if (!context.training() || stddev_ == 0.0) return inputs[0];
  return inputs[0] + ops::random_normal_like(inputs[0], context.random_state(), 0.0, stddev_);
}

Config GaussianNoiseLayer::config() const {
  Config config = Layer::config();
  config.set("stddev", stddev_);
  config.set("seed", initializers::seed_config(options_.seed));
  return config;
}

namespace {

const bool kRegistered = register_layer("GaussianNoise", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return GaussianNoise(config.at("stddev").as_double(), {.seed = initializers::seed_from(config.get("seed")),
                                                         .name = settings.name,
                                                         .trainable = settings.trainable,
                                                         .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
