#include "layers/activations/relu.h"

#include "framework/error.h"
#include "layers/activations/functions.h"
#include "layers/config_fields.h"
#include "layers/registry.h"

namespace cornu::layers {

ReLU::ReLU(const ReLUOptions& options) : Shared(options) {}

ReLULayer::ReLULayer(const ReLUOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  const auto check = [this](double value, const char* argument) {
    if (value >= 0.0) return;
    throw InvalidArgument("ReLU '" + name() + "': " + argument + " must not be negative; got " + std::to_string(value),
                          name());
  };
  check(options.max_value.value_or(0.0), "max_value");
  check(options.negative_slope, "negative_slope");
  check(options.threshold, "threshold");
  set_supports_masking(true);
}

Outputs ReLULayer::call(const Inputs& inputs, const CallContext&) {
  return activations::relu(
      inputs[0],
      {.negative_slope = options_.negative_slope, .max_value = options_.max_value, .threshold = options_.threshold});
}

Config ReLULayer::config() const {
  Config config = Layer::config();
  config.set("max_value", config_of(options_.max_value));
  config.set("negative_slope", options_.negative_slope);
  config.set("threshold", options_.threshold);
  return config;
}

namespace {

const bool kRegistered = register_layer("ReLU", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return ReLU({.max_value = optional_double(config, "max_value"),
               .negative_slope = config.get_double("negative_slope", 0.0),
               .threshold = config.get_double("threshold", 0.0),
               .name = settings.name,
               .trainable = settings.trainable,
               .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
