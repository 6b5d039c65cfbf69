#include "layers/merging/l2_distance.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "layers/registry.h"

namespace cornu::layers {

L2Distance::L2Distance(const DistanceOptions& options) : Shared(options) {}

L2DistanceLayer::L2DistanceLayer(const DistanceOptions& options)
    : BaseMergeLayer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      options_(options) {}

Outputs L2DistanceLayer::call(const Inputs& inputs, const CallContext& context) {
  check_is_list(inputs, 2);
  return BaseMergeLayer::call(inputs, context);
}

Tensor L2DistanceLayer::merge(const Tensors& inputs, const Tensors&) const {
  return ops::norm(inputs[0] - inputs[1], {.axis = options_.axis, .keepdims = options_.keepdims});
}

Tensors L2DistanceLayer::compute_mask(const Inputs&, const Tensors&) { return {}; }

Config L2DistanceLayer::config() const {
  Config config = Layer::config();
  config.set("axis", options_.axis);
  config.set("keepdims", options_.keepdims);
  return config;
}

Shared<L2DistanceLayer> L2DistanceLayer::from_config(const Config& config) {
  return L2Distance(distance_options_from(config));
}

DistanceOptions distance_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.axis = config.get_int("axis", -1),
          .keepdims = config.get_bool("keepdims", true),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

namespace {

const bool kRegistered = register_layer<L2DistanceLayer>("cornu");

}  // namespace

}  // namespace cornu::layers
