#include "layers/normalization/unit_normalization.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "layers/registry.h"

namespace cornu::layers {

UnitNormalization::UnitNormalization(const UnitNormalizationOptions& options) : Shared(options) {}

UnitNormalizationLayer::UnitNormalizationLayer(const UnitNormalizationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), axis_(options.axis) {
  set_supports_masking(true);
}

Outputs UnitNormalizationLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor& x = inputs[0];
  const Tensor squares = ops::sum(ops::square(x), {.axis = axis_.resolved(x.shape(), describe()), .keepdims = true});
  // The bound lies under the root: the gradient at zero is then zero instead of NaN.
  return x * ops::rsqrt(ops::maximum(squares, 1e-24));
}

Config UnitNormalizationLayer::config() const {
  Config config = Layer::config();
  config.set("axis", axis_.config());
  return config;
}

namespace {

const bool kRegistered = register_layer("UnitNormalization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return UnitNormalization({.axis = AxisArgument::from_config(config.get("axis"), -1),
                            .name = settings.name,
                            .trainable = settings.trainable,
                            .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
