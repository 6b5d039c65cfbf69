#include "layers/normalization/group_normalization.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/axis_argument.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

GroupNormalization::GroupNormalization(const GroupNormalizationOptions& options) : Shared(options) {}

GroupNormalizationLayer::GroupNormalizationLayer(const GroupNormalizationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  if (options.groups < 1 && options.groups != -1) {
    const std::string who = layer_title("GroupNormalization", options.name);
    throw InvalidArgument(
        who + ": groups must be positive, or -1 for instance normalization; got " + std::to_string(options.groups),
        path_in_title(who));
  }
  set_supports_masking(true);
  set_autocast(false);
}

void GroupNormalizationLayer::build(const Shapes& inputs) {
  const std::vector<std::int64_t> axis = AxisArgument(options_.axis).resolved(inputs[0], describe());
  const Shape shape = sizes_along(inputs[0], axis, describe());
  axis_ = axis[0];
  channels_ = shape[0];
  if (axis_ == 0)
    throw ShapeError(describe() + ": axis must not be that of the batch; got " + std::to_string(options_.axis), name());
  if (options_.groups == -1) options_.groups = channels_;
  if (options_.groups > channels_ || channels_ % options_.groups != 0) {
    throw ShapeError(describe() + ": the number of channels must be a multiple of groups; got " +
                         std::to_string(options_.groups) + " groups and an input of shape " + inputs[0].to_string(),
                     name());
  }
  if (options_.scale) {
    gamma_ = add_weight("gamma", shape,
                        {.initializer = options_.gamma_initializer,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint});
  }
  if (options_.center) {
    beta_ = add_weight("beta", shape,
                       {.initializer = options_.beta_initializer,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint});
  }
  set_input_spec({{.ndim = inputs[0].rank(), .axes = {{options_.axis, channels_}}}});
}

// The mean over each group, as a tensor that broadcasts with x. Means over the positions first: only these small
// tensors are split into groups, and the positions may be of unknown number.
Tensor GroupNormalizationLayer::mean_of_group(const Tensor& x) const {
  std::vector<std::int64_t> positions;
  for (std::int64_t i = 1; i < x.rank(); ++i) {
    if (i != axis_) positions.push_back(i);
  }
  const std::int64_t batch = x.shape()[0];
  const std::int64_t size = channels_ / options_.groups;
  const Tensor of_channels = positions.empty() ? x : ops::mean(x, {.axis = positions});
  const Tensor of_groups =
      ops::mean(ops::reshape(of_channels, {batch, options_.groups, size}), {.axis = 2, .keepdims = true});
  Shape shape = shape_along(x.shape(), {axis_});
  shape[0] = batch;
  return ops::reshape(ops::broadcast_to(of_groups, {batch, options_.groups, size}), shape);
}

Outputs GroupNormalizationLayer::call(const Inputs& inputs, const CallContext&) {
  const DType dtype = result_type({{inputs[0].dtype()}, {DType::kFloat32}});
  const Tensor x = ops::cast(inputs[0], dtype);
  const auto along = [&](const Variable& weight) {
    return ops::reshape(ops::cast(weight.value(), dtype), shape_along(x.shape(), {axis_}));
  };
  const Tensor centered = x - mean_of_group(x);
  Tensor scale = ops::rsqrt(mean_of_group(ops::square(centered)) + options_.epsilon);
  if (gamma_.defined()) scale = scale * along(gamma_);
  Tensor y = centered * scale;
  if (beta_.defined()) y = y + along(beta_);
  return ops::cast(y, compute_dtype());
}

Config GroupNormalizationLayer::config() const {
  Config config = Layer::config();
  config.set("groups", options_.groups);
  config.set("axis", options_.axis);
  config.set("epsilon", options_.epsilon);
  config.set("center", options_.center);
  config.set("scale", options_.scale);
  config.set("beta_initializer", options_.beta_initializer.serialized());
  config.set("gamma_initializer", options_.gamma_initializer.serialized());
  config.set("beta_regularizer", options_.beta_regularizer.serialized());
  config.set("gamma_regularizer", options_.gamma_regularizer.serialized());
  config.set("beta_constraint", options_.beta_constraint.serialized());
  config.set("gamma_constraint", options_.gamma_constraint.serialized());
  return config;
}

namespace {

const bool kRegistered = register_layer("GroupNormalization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return GroupNormalization({.groups = config.get_int("groups", 32),
                             .axis = config.get_int("axis", -1),
                             .epsilon = config.get_double("epsilon", 1e-3),
                             .center = config.get_bool("center", true),
                             .scale = config.get_bool("scale", true),
                             .beta_initializer = Initializer::from_config(config.get("beta_initializer")),
                             .gamma_initializer = Initializer::from_config(config.get("gamma_initializer")),
                             .beta_regularizer = Regularizer::from_config(config.get("beta_regularizer")),
                             .gamma_regularizer = Regularizer::from_config(config.get("gamma_regularizer")),
                             .beta_constraint = Constraint::from_config(config.get("beta_constraint")),
                             .gamma_constraint = Constraint::from_config(config.get("gamma_constraint")),
                             .name = settings.name,
                             .trainable = settings.trainable,
                             .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
