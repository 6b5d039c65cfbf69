#include "layers/core/masking.h"

#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/where.h"
#include "layers/registry.h"

namespace cornu::layers {

Masking::Masking(const MaskingOptions& options) : Shared(options) {}

MaskingLayer::MaskingLayer(const MaskingOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      mask_value_(options.mask_value) {
  set_supports_masking(true);
}

Outputs MaskingLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor kept = ops::any(ops::not_equal(inputs[0], mask_value_), {.axis = -1, .keepdims = true});
  return ops::where(kept, inputs[0], 0.0);
}

Tensors MaskingLayer::compute_mask(const Inputs& inputs, const Tensors&) {
  return {ops::any(ops::not_equal(inputs[0], mask_value_), {.axis = -1})};
}

Config MaskingLayer::config() const {
  Config config = Layer::config();
  config.set("mask_value", mask_value_);
  return config;
}

namespace {

const bool kRegistered = register_layer("Masking", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Masking({.mask_value = config.get_double("mask_value", 0.0),
                  .name = settings.name,
                  .trainable = settings.trainable,
                  .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
