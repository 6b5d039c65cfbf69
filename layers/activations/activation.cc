#include "layers/activations/activation.h"

#include "layers/registry.h"

namespace cornu::layers {

Activation::Activation(const ActivationFunction& activation, const ActivationOptions& options)
    : Shared(activation, options) {}

ActivationLayer::ActivationLayer(const ActivationFunction& activation, const ActivationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), activation_(activation) {
  set_supports_masking(true);
}

Outputs ActivationLayer::call(const Inputs& inputs, const CallContext&) { return activation_(inputs[0]); }

Config ActivationLayer::config() const {
  Config config = Layer::config();
  config.set("activation", activation_.config());
  return config;
}

namespace {

const bool kRegistered = register_layer("Activation", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Activation(ActivationFunction::from_config(config.get("activation")),
                    {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
