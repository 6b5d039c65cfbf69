#include "layers/activations/leaky_relu.h"

#include "framework/error.h"
#include "layers/activations/functions.h"
#include "layers/registry.h"

namespace cornu::layers {

LeakyReLU::LeakyReLU(const LeakyReLUOptions& options) : Shared(options) {}

LeakyReLULayer::LeakyReLULayer(const LeakyReLUOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      negative_slope_(options.negative_slope) {
  if (!(negative_slope_ >= 0.0)) {
    throw InvalidArgument(
        "LeakyReLU '" + name() + "': negative_slope must not be negative; got " + std::to_string(negative_slope_),
        name());
  }
  set_supports_masking(true);
}

Outputs LeakyReLULayer::call(const Inputs& inputs, const CallContext&) {
  return activations::leaky_relu(inputs[0], negative_slope_);
}

Config LeakyReLULayer::config() const {
  Config config = Layer::config();
  config.set("negative_slope", negative_slope_);
  return config;
}

namespace {

const bool kRegistered = register_layer("LeakyReLU", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  // Files of Keras 2 say "alpha".
  const double slope = config.get_double("negative_slope", config.get_double("alpha", 0.3));
  return LeakyReLU(
      {.negative_slope = slope, .name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
