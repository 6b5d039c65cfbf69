#include "layers/normalization/rms_normalization.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/layer_norm.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

RMSNormalization::RMSNormalization(const RMSNormalizationOptions& options) : Shared(options) {}

RMSNormalizationLayer::RMSNormalizationLayer(const RMSNormalizationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {}

void RMSNormalizationLayer::build(const Shapes& inputs) {
  axes_ = options_.axis.resolved(inputs[0], describe());
  // Keras writes a list once the layer is built.
  options_.axis = options_.axis.as_list();
  scale_ = add_weight("scale", sizes_along(inputs[0], axes_, describe()), {.initializer = "ones"});
}

Outputs RMSNormalizationLayer::call(const Inputs& inputs, const CallContext&) {
  const DType dtype = result_type({{inputs[0].dtype()}, {DType::kFloat32}});
  const Tensor x = ops::cast(inputs[0], dtype);
  const Tensor scale = ops::cast(compute_value(scale_), dtype);
  if (are_trailing(axes_, x.rank())) {
    const ops::NormOptions how{.num_axes = static_cast<std::int64_t>(axes_.size()), .epsilon = options_.epsilon};
    return ops::cast(ops::rms_norm(x, scale, how), inputs[0].dtype());
  }
  const Tensor mean_square = ops::mean(ops::square(x), {.axis = axes_, .keepdims = true});
  const Tensor y = x * ops::rsqrt(mean_square + options_.epsilon) * ops::reshape(scale, shape_along(x.shape(), axes_));
  return ops::cast(y, inputs[0].dtype());
}

Config RMSNormalizationLayer::config() const {
  Config config = Layer::config();
  config.set("axis", options_.axis.config());
  config.set("epsilon", options_.epsilon);
  return config;
}

namespace {

const bool kRegistered = register_layer("RMSNormalization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return RMSNormalization({.axis = AxisArgument::from_config(config.get("axis"), -1),
                           .epsilon = config.get_double("epsilon", 1e-6),
                           .name = settings.name,
                           .trainable = settings.trainable,
                           .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
