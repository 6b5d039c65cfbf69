#include "layers/normalization/layer_normalization.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/layer_norm.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

LayerNormalization::LayerNormalization(const LayerNormalizationOptions& options) : Shared(options) {}

LayerNormalizationLayer::LayerNormalizationLayer(const LayerNormalizationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  set_supports_masking(true);
  set_autocast(false);
}

void LayerNormalizationLayer::build(const Shapes& inputs) {
  axes_ = options_.axis.resolved(inputs[0], describe());
  // Keras writes a list once the layer is built.
  options_.axis = options_.axis.as_list();
  const Shape shape = sizes_along(inputs[0], axes_, describe());
  if (options_.scale || options_.rms_scaling) {
    gamma_ = add_weight("gamma", shape,
                        {.initializer = options_.gamma_initializer,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint});
  }
  if (options_.center && !options_.rms_scaling) {
    beta_ = add_weight("beta", shape,
                       {.initializer = options_.beta_initializer,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint});
  }
}

Outputs LayerNormalizationLayer::call(const Inputs& inputs, const CallContext&) {
  const DType dtype = result_type({{inputs[0].dtype()}, {DType::kFloat32}});
  const Tensor x = ops::cast(inputs[0], dtype);
  const auto value = [&](const Variable& weight) {
    return weight.defined() ? ops::cast(weight.value(), dtype) : Tensor();
  };
  if (are_trailing(axes_, x.rank()) && !options_.rms_scaling) {
    const ops::NormOptions how{.num_axes = static_cast<std::int64_t>(axes_.size()), .epsilon = options_.epsilon};
    return ops::cast(ops::layer_norm(x, value(gamma_), value(beta_), how), compute_dtype());
  }
  const auto along = [&](const Variable& weight) { return ops::reshape(value(weight), shape_along(x.shape(), axes_)); };
  const ReduceOptions together{.axis = axes_, .keepdims = true};
  const Tensor centered = options_.rms_scaling ? x : x - ops::mean(x, together);
  const Tensor variance = options_.rms_scaling ? ops::var(x, together) : ops::mean(ops::square(centered), together);
  Tensor y = centered * ops::rsqrt(variance + options_.epsilon);
  if (gamma_.defined()) y = y * along(gamma_);
  if (beta_.defined()) y = y + along(beta_);
  return ops::cast(y, compute_dtype());
}

Config LayerNormalizationLayer::config() const {
  Config config = Layer::config();
  config.set("axis", options_.axis.config());
  config.set("epsilon", options_.epsilon);
  config.set("center", options_.center);
  config.set("scale", options_.scale);
  config.set("rms_scaling", options_.rms_scaling);
  config.set("beta_initializer", options_.beta_initializer.serialized());
  config.set("gamma_initializer", options_.gamma_initializer.serialized());
  config.set("beta_regularizer", options_.beta_regularizer.serialized());
  config.set("gamma_regularizer", options_.gamma_regularizer.serialized());
  config.set("beta_constraint", options_.beta_constraint.serialized());
  config.set("gamma_constraint", options_.gamma_constraint.serialized());
  return config;
}

namespace {

const bool kRegistered = register_layer("LayerNormalization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return LayerNormalization({.axis = AxisArgument::from_config(config.get("axis"), -1),
                             .epsilon = config.get_double("epsilon", 1e-3),
                             .center = config.get_bool("center", true),
                             .scale = config.get_bool("scale", true),
                             .beta_initializer = Initializer::from_config(config.get("beta_initializer")),
                             .gamma_initializer = Initializer::from_config(config.get("gamma_initializer")),
                             .beta_regularizer = Regularizer::from_config(config.get("beta_regularizer")),
                             .gamma_regularizer = Regularizer::from_config(config.get("gamma_regularizer")),
                             .beta_constraint = Constraint::from_config(config.get("beta_constraint")),
                             .gamma_constraint = Constraint::from_config(config.get("gamma_constraint")),
                             .rms_scaling = config.get_bool("rms_scaling", false),
                             .name = settings.name,
                             .trainable = settings.trainable,
                             .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
