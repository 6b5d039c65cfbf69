#include "layers/core/einsum_dense.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/einsum.h"
#include "layers/config_fields.h"
#include "layers/core/einsum_dense_equation.h"
#include "layers/registry.h"

namespace cornu::layers {
namespace {

// An initializer that scales by fans is told which axes of the kernel are summed over, unless it knows.
Initializer with_axes(const Initializer& initializer, const EinsumDensePlan& plan) {
  Config serialized = initializer.serialized();
  Config config = serialized.at("config");
  if (!config.contains("input_axes") || !(config.get("input_axes").is_null() || config.get("output_axes").is_null())) {
    return initializer;
  }
  config.set("input_axes", plan.input_axes);
  config.set("output_axes", plan.output_axes);
  serialized.set("config", config);
  return Initializer::from_config(serialized);
}

}  // namespace

EinsumDense::EinsumDense(const std::string& equation, const Shape& output_shape, const EinsumDenseOptions& options)
    : Shared(equation, output_shape, options) {}

EinsumDenseLayer::EinsumDenseLayer(const std::string& equation, const Shape& output_shape,
                                   const EinsumDenseOptions& options)
    : Layer({.name = options.name,
             .trainable = options.trainable,
             .dtype = options.dtype,
             .activity_regularizer = options.activity_regularizer}),
      equation_(equation),
      output_shape_(output_shape),
      options_(options) {}

void EinsumDenseLayer::build(const Shapes& inputs) {
  const EinsumDensePlan plan = plan_einsum_dense(equation_, options_.bias_axes, inputs[0], output_shape_, describe());
  kernel_ = add_weight("kernel", plan.kernel_shape,
                       {.initializer = with_axes(options_.kernel_initializer, plan),
                        .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  if (!options_.bias_axes.empty()) {
    bias_ = add_weight("bias", plan.bias_shape,
                       {.initializer = options_.bias_initializer,
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint});
  }
  set_input_spec({{.ndim = inputs[0].rank()}});
  if (options_.lora_rank) enable_lora(*options_.lora_rank, options_.lora_alpha);
}

void EinsumDenseLayer::enable_lora(std::int64_t rank, std::optional<double> alpha) {
  lora_.enable(describe(), kernel_,
               {.regularizer = options_.kernel_regularizer, .constraint = options_.kernel_constraint}, rank, alpha,
               [this](const std::string& name, const Shape& shape, const WeightOptions& options) {
                 return add_weight(name, shape, options);
               });
}

Variables EinsumDenseLayer::stored_variables() const {
  Variables list = Layer::stored_variables();
  std::erase_if(list, [this](const Variable& variable) { return lora_.is_factor(variable); });
  return list;
}

Tensor EinsumDenseLayer::stored_value(const Variable& variable) const {
  return variable == kernel_ ? lora_.merged(kernel_.snapshot()) : variable.snapshot();
}

Outputs EinsumDenseLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor kernel =
      lora_.enabled() ? ops::cast(lora_.merged(kernel_.value()), compute_dtype()) : compute_value(kernel_);
  Tensor y = ops::einsum(equation_, {inputs[0], kernel});
  if (bias_.defined()) y = y + compute_value(bias_);
  return options_.activation(y);
}

Config EinsumDenseLayer::config() const {
  Config config = Layer::config();
  config.set("output_shape", shape_config(output_shape_.dims()));
  config.set("equation", equation_);
  config.set("activation", options_.activation.config());
  config.set("bias_axes", options_.bias_axes.empty() ? Config() : Config(options_.bias_axes));
  config.set("kernel_initializer", options_.kernel_initializer.serialized());
  config.set("bias_initializer", options_.bias_initializer.serialized());
  config.set("kernel_regularizer", options_.kernel_regularizer.serialized());
  config.set("bias_regularizer", options_.bias_regularizer.serialized());
  config.set("activity_regularizer", options_.activity_regularizer.serialized());
  config.set("kernel_constraint", options_.kernel_constraint.serialized());
  config.set("bias_constraint", options_.bias_constraint.serialized());
  config.set("quantization_config", nullptr);
  set_lora_config(config, lora_, options_.lora_rank, options_.lora_alpha);
  return config;
}

namespace {

const bool kRegistered = register_layer("EinsumDense", [](const Config& config) -> AnyLayer {
  refuse_quantization(config, "EinsumDense");
  const LayerSettings settings = Layer::settings_from(config);
  const Config& shape = config.at("output_shape");
  return EinsumDense(config.at("equation").as_string(),
                     shape.is_list() ? Shape(shape_from_config(shape)) : Shape{shape.as_int()},
                     {.activation = ActivationFunction::from_config(config.get("activation")),
                      .bias_axes = config.get_string("bias_axes", ""),
                      .kernel_initializer = Initializer::from_config(config.get("kernel_initializer")),
                      .bias_initializer = Initializer::from_config(config.get("bias_initializer"), "zeros"),
                      .kernel_regularizer = Regularizer::from_config(config.get("kernel_regularizer")),
                      .bias_regularizer = Regularizer::from_config(config.get("bias_regularizer")),
                      .kernel_constraint = Constraint::from_config(config.get("kernel_constraint")),
                      .bias_constraint = Constraint::from_config(config.get("bias_constraint")),
                      .lora_rank = optional_int(config, "lora_rank"),
                      .lora_alpha = optional_double(config, "lora_alpha"),
                      .activity_regularizer = settings.activity_regularizer,
                      .name = settings.name,
                      .trainable = settings.trainable,
                      .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
