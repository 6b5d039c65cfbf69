#include "layers/core/dense.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/bias_add.h"
#include "framework/ops/cast.h"
#include "framework/ops/matmul.h"
#include "layers/config_fields.h"
#include "layers/registry.h"

namespace cornu::layers {

Dense::Dense(std::int64_t units, const DenseOptions& options) : Shared(units, options) {}

DenseLayer::DenseLayer(std::int64_t units, const DenseOptions& options)
    : Layer({.name = options.name,
             .trainable = options.trainable,
             .dtype = options.dtype,
             .activity_regularizer = options.activity_regularizer}),
      units_(units),
      options_(options) {
  if (units < 1)
    throw InvalidArgument("Dense '" + name() + "': units must be positive; got " + std::to_string(units), name());
  set_supports_masking(true);
  set_input_spec({{.min_ndim = 2}});
}

void DenseLayer::build(const Shapes& inputs) {
  const std::int64_t input_dim = inputs[0].back();
  if (input_dim == kUnknown) {
    throw ShapeError(describe() + ": the last axis of the input must have a known size; got " + inputs[0].to_string(),
                     name());
  }
  kernel_ = add_weight("kernel", {input_dim, units_},
                       {.initializer = options_.kernel_initializer,
                        .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  if (options_.use_bias) {
    bias_ = add_weight("bias", {units_},
                       {.initializer = options_.bias_initializer,
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint});
  }
  set_input_spec({{.min_ndim = 2, .axes = {{-1, input_dim}}}});
  if (options_.lora_rank) enable_lora(*options_.lora_rank, options_.lora_alpha);
}

void DenseLayer::enable_lora(std::int64_t rank, std::optional<double> alpha) {
  lora_.enable(describe(), kernel_,
               {.regularizer = options_.kernel_regularizer, .constraint = options_.kernel_constraint}, rank, alpha,
               [this](const std::string& name, const Shape& shape, const WeightOptions& options) {
                 return add_weight(name, shape, options);
               });
}

Variables DenseLayer::stored_variables() const {
  Variables list = Layer::stored_variables();
  std::erase_if(list, [this](const Variable& variable) { return lora_.is_factor(variable); });
  return list;
}

Tensor DenseLayer::stored_value(const Variable& variable) const {
  return variable == kernel_ ? lora_.merged(kernel_.snapshot()) : variable.snapshot();
}

Outputs DenseLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor kernel =
      lora_.enabled() ? ops::cast(lora_.merged(kernel_.value()), compute_dtype()) : compute_value(kernel_);
  Tensor y = ops::matmul(inputs[0], kernel);
  if (bias_.defined()) y = ops::bias_add(y, compute_value(bias_));
  return options_.activation(y);
}

Config DenseLayer::config() const {
  Config config = Layer::config();
  config.set("units", units_);
  config.set("activation", options_.activation.config());
  config.set("use_bias", options_.use_bias);
  config.set("kernel_initializer", options_.kernel_initializer.serialized());
  config.set("bias_initializer", options_.bias_initializer.serialized());
  config.set("kernel_regularizer", options_.kernel_regularizer.serialized());
  config.set("bias_regularizer", options_.bias_regularizer.serialized());
  config.set("kernel_constraint", options_.kernel_constraint.serialized());
  config.set("bias_constraint", options_.bias_constraint.serialized());
  config.set("quantization_config", nullptr);
  set_lora_config(config, lora_, options_.lora_rank, options_.lora_alpha);
  return config;
}

namespace {

const bool kRegistered = register_layer("Dense", [](const Config& config) -> AnyLayer {
  refuse_quantization(config, "Dense");
  const LayerSettings settings = Layer::settings_from(config);
  return Dense(config.at("units").as_int(),
               {.activation = ActivationFunction::from_config(config.get("activation")),
                .use_bias = config.get_bool("use_bias", true),
                .kernel_initializer = Initializer::from_config(config.get("kernel_initializer")),
                .bias_initializer = Initializer::from_config(config.get("bias_initializer"), "zeros"),
                .kernel_regularizer = Regularizer::from_config(config.get("kernel_regularizer")),
                .bias_regularizer = Regularizer::from_config(config.get("bias_regularizer")),
                .activity_regularizer = settings.activity_regularizer,
                .kernel_constraint = Constraint::from_config(config.get("kernel_constraint")),
                .bias_constraint = Constraint::from_config(config.get("bias_constraint")),
                .lora_rank = optional_int(config, "lora_rank"),
                .lora_alpha = optional_double(config, "lora_alpha"),
                .name = settings.name,
                .trainable = settings.trainable,
                .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
