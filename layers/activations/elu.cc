#include "layers/activations/elu.h"

#include "layers/activations/functions.h"
#include "layers/registry.h"

namespace cornu::layers {

ELU::ELU(const ELUOptions& options) : Shared(options) {}

ELULayer::ELULayer(const ELUOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), alpha_(options.alpha) {
  set_supports_masking(true);
}

Outputs ELULayer::call(const Inputs& inputs, const CallContext&) { return activations::elu(inputs[0], alpha_); }

Config ELULayer::config() const {
  Config config = Layer::config();
  config.set("alpha", alpha_);
  return config;
}

namespace {

const bool kRegistered = register_layer("ELU", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return ELU({.alpha = config.get_double("alpha", 1.0),
              .name = settings.name,
              .trainable = settings.trainable,
              .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
