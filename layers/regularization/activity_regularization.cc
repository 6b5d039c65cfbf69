#include "layers/regularization/activity_regularization.h"

#include "layers/registry.h"
#include "layers/regularizers/l1_l2.h"

namespace cornu::layers {

ActivityRegularization::ActivityRegularization(const ActivityRegularizationOptions& options) : Shared(options) {}

ActivityRegularizationLayer::ActivityRegularizationLayer(const ActivityRegularizationOptions& options)
    : Layer({.name = options.name,
             .trainable = options.trainable,
             .dtype = options.dtype,
             .activity_regularizer = regularizers::L1L2({.l1 = options.l1, .l2 = options.l2})}),
      l1_(options.l1),
      l2_(options.l2) {
  set_supports_masking(true);
}

Outputs ActivityRegularizationLayer::call(const Inputs& inputs, const CallContext&) { return inputs[0]; }

Config ActivityRegularizationLayer::config() const {
  Config config = Layer::config();
  config.erase("activity_regularizer");
  config.set("l1", l1_);
  config.set("l2", l2_);
  return config;
}

namespace {

const bool kRegistered = register_layer("ActivityRegularization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return ActivityRegularization({.l1 = config.get_double("l1", 0.0),
                                 .l2 = config.get_double("l2", 0.0),
                                 .name = settings.name,
                                 .trainable = settings.trainable,
                                 .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
