#include "layers/regularization/alpha_dropout.h"

#include <cmath>

#include "framework/initializers/seed.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/comparison.h"
#include "framework/ops/random.h"
#include "framework/ops/where.h"
#include "layers/config_fields.h"
#include "layers/layer_title.h"
#include "layers/registry.h"
#include "layers/regularization/noise_shape.h"
#include "layers/regularization/rate.h"

namespace cornu::layers {

AlphaDropout::AlphaDropout(double rate, const AlphaDropoutOptions& options) : Shared(rate, options) {}

AlphaDropoutLayer::AlphaDropoutLayer(double rate, const AlphaDropoutOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      rate_(rate),
      options_(options) {
  check_between_0_and_1(rate, "rate", layer_title("AlphaDropout", options.name));
  check_noise_shape(options.noise_shape, layer_title("AlphaDropout", options.name));
  if (rate > 0.0) add_seed_state(options.seed);
  set_supports_masking(true);
}

Outputs AlphaDropoutLayer::call(const Inputs& inputs, const CallContext& context) {
  if (!context.training() || rate_ == 0.0) return inputs[0];
  constexpr double kSaturation = -1.6732632423543772 * 1.0507009873554805;
  // What dropout leaves of ones tells which elements are kept.
  const Tensor ones = ops::ones_like(inputs[0]);
  const Tensor left =
      ops::dropout(ones, rate_, context.random_state(), options_.noise_shape.value_or(std::vector<std::int64_t>{}));
  const double scale = 1.0 / std::sqrt((1.0 - rate_) * (1.0 + rate_ * kSaturation * kSaturation));
  const double shift = -scale * kSaturation * rate_;
  return ops::where(left > 0.0, inputs[0], kSaturation) * scale + shift;
}

Config AlphaDropoutLayer::config() const {
  Config config = Layer::config();
  config.set("rate", rate_);
  config.set("seed", initializers::seed_config(options_.seed));
  config.set("noise_shape", options_.noise_shape ? shape_config(*options_.noise_shape) : Config());
  return config;
}

namespace {

const bool kRegistered = register_layer("AlphaDropout", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return AlphaDropout(config.at("rate").as_double(), {.noise_shape = noise_shape_from(config.get("noise_shape")),
                                                      .seed = initializers::seed_from(config.get("seed")),
                                                      .name = settings.name,
                                                      .trainable = settings.trainable,
                                                      .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
