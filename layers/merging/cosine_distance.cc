#include "layers/merging/cosine_distance.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/l2_normalize.h"
#include "framework/ops/reduce.h"
#include "layers/registry.h"

namespace cornu::layers {

CosineDistance::CosineDistance(const DistanceOptions& options) : Shared(options) {}

CosineDistanceLayer::CosineDistanceLayer(const DistanceOptions& options)
    : BaseMergeLayer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      options_(options) {}

Outputs CosineDistanceLayer::call(const Inputs& inputs, const CallContext& context) {
  check_is_list(inputs, 2);
  return BaseMergeLayer::call(inputs, context);
}

Tensor CosineDistanceLayer::merge(const Tensors& inputs, const Tensors&) const {
  const Tensor cosine =
      ops::sum(ops::l2_normalize(inputs[0], options_.axis) * ops::l2_normalize(inputs[1], options_.axis),
               {.axis = options_.axis, .keepdims = options_.keepdims});
  return 1.0 - cosine;
}

Tensors CosineDistanceLayer::compute_mask(const Inputs&, const Tensors&) { return {}; }

Config CosineDistanceLayer::config() const {
  Config config = Layer::config();
  config.set("axis", options_.axis);
  config.set("keepdims", options_.keepdims);
  return config;
}

Shared<CosineDistanceLayer> CosineDistanceLayer::from_config(const Config& config) {
  return CosineDistance(distance_options_from(config));
}

namespace {

const bool kRegistered = register_layer<CosineDistanceLayer>("cornu");

}  // namespace

}  // namespace cornu::layers
