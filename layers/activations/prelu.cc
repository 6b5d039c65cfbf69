#include "layers/activations/prelu.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "layers/registry.h"

namespace cornu::layers {

PReLU::PReLU(const PReLUOptions& options) : Shared(options) {}

PReLULayer::PReLULayer(const PReLUOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  set_supports_masking(true);
}

void PReLULayer::build(const Shapes& inputs) {
  const Shape& input = inputs[0];
  Shape shape = input.slice(1);
  const std::vector<std::int64_t> shared = options_.shared_axes.value_or(std::vector<std::int64_t>{});
  for (const std::int64_t axis : shared) {
    if (axis < 1 || axis >= input.rank()) {
      throw InvalidArgument(describe() + ": shared_axes must lie between 1 and " + std::to_string(input.rank() - 1) +
                                " for an input of shape " + input.to_string() + "; got " + std::to_string(axis),
                            name());
    }
    shape[axis - 1] = 1;
  }
  if (!shape.is_known()) {
    throw ShapeError(describe() + ": the sizes of the input must be known but for the batch and shared axes; got " +
                         input.to_string() + ". Add the unknown axes to shared_axes.",
                     name());
  }
  alpha_ = add_weight("alpha", shape,
                      {.initializer = options_.alpha_initializer,
                       .regularizer = options_.alpha_regularizer,
                       .constraint = options_.alpha_constraint});
  InputSpec spec{.ndim = input.rank()};
  for (std::int64_t axis = 1; axis < input.rank() && !shared.empty(); ++axis) {
    if (std::find(shared.begin(), shared.end(), axis) == shared.end()) spec.axes[axis] = input[axis];
  }
  set_input_spec({spec});
}

Outputs PReLULayer::call(const Inputs& inputs, const CallContext&) {
  return ops::relu(inputs[0]) - compute_value(alpha_) * ops::relu(-inputs[0]);
}

Config PReLULayer::config() const {
  Config config = Layer::config();
  config.set("alpha_initializer", options_.alpha_initializer.serialized());
  config.set("alpha_regularizer", options_.alpha_regularizer.serialized());
  config.set("alpha_constraint", options_.alpha_constraint.serialized());
  config.set("shared_axes", options_.shared_axes ? Config(*options_.shared_axes) : Config());
  return config;
}

namespace {

const bool kRegistered = register_layer("PReLU", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  PReLUOptions options{.alpha_initializer = Initializer::from_config(config.get("alpha_initializer"), "zeros"),
                       .alpha_regularizer = Regularizer::from_config(config.get("alpha_regularizer")),
                       .alpha_constraint = Constraint::from_config(config.get("alpha_constraint")),
                       .name = settings.name,
                       .trainable = settings.trainable,
                       .dtype = settings.dtype};
  if (!config.get("shared_axes").is_null()) options.shared_axes = config.get("shared_axes").as_ints();
  return PReLU(options);
});

}  // namespace

}  // namespace cornu::layers
