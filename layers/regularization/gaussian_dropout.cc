#include "layers/regularization/gaussian_dropout.h"

#include <cmath>

#include "framework/error.h"
#include "framework/initializers/seed.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/random.h"
#include "layers/layer_title.h"
#include "layers/registry.h"
#include "layers/regularization/rate.h"

namespace cornu::layers {

GaussianDropout::GaussianDropout(double rate, const GaussianDropoutOptions& options) : Shared(rate, options) {}

GaussianDropoutLayer::GaussianDropoutLayer(double rate, const GaussianDropoutOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      rate_(rate),
      options_(options) {
  check_between_0_and_1(rate, "rate", layer_title("GaussianDropout", options.name));
  if (rate > 0.0) add_seed_state(options.seed);
  set_supports_masking(true);
}

Outputs GaussianDropoutLayer::call(const Inputs& inputs, const CallContext& context) {
  if (!context.training() || rate_ == 0.0) return inputs[0];
  if (rate_ == 1.0) {
    throw InvalidArgument(describe() + ": a rate of 1 would be noise without bound; choose one below 1", name());
  }
  const double stddev = std::sqrt(rate_ / (1.0 - rate_));
  return inputs[0] * ops::random_normal_like(inputs[0], context.random_state(), 1.0, stddev);
}

Config GaussianDropoutLayer::config() const {
  Config config = Layer::config();
  config.set("rate", rate_);
  config.set("seed", initializers::seed_config(options_.seed));
  return config;
}

namespace {

const bool kRegistered = register_layer("GaussianDropout", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return GaussianDropout(config.at("rate").as_double(), {.seed = initializers::seed_from(config.get("seed")),
                                                         .name = settings.name,
                                                         .trainable = settings.trainable,
                                                         .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
