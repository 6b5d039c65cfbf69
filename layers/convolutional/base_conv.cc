#include "layers/convolutional/base_conv.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/bias_add.h"
#include "framework/ops/cast.h"
#include "framework/ops/conv.h"
#include "layers/config_fields.h"
#include "layers/convolutional/conv_arguments.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BaseConvLayer::BaseConvLayer(const std::string& class_name, std::size_t rank, std::int64_t filters,
                             const SpatialSizes& kernel_size, const ConvOptions& options)
    : Layer({.name = options.name,
             .trainable = options.trainable,
             .dtype = options.dtype,
             .activity_regularizer = options.activity_regularizer}),
      filters_(filters),
      options_(options) {
  const std::string who = layer_title(class_name, options.name);
  kernel_size_ = kernel_size.per_axis(rank, "kernel_size", who);
  strides_ = options.strides.per_axis(rank, "strides", who);
  dilation_rate_ = options.dilation_rate.per_axis(rank, "dilation_rate", who);
  check_padding(options.padding, who, rank == 1);
  check_positive(filters, "filters", who);
  check_positive(options.groups, "groups", who);
  if (filters % options.groups != 0) {
    throw InvalidArgument(who + ": the number of filters must be divisible by groups; got filters " +
                              std::to_string(filters) + " and groups " + std::to_string(options.groups),
                          path_in_title(who));
  }
  check_strides_or_dilation(strides_, dilation_rate_, who);
  if (options.lora_rank) check_positive(*options.lora_rank, "lora_rank", who);
  set_input_spec({{.ndim = static_cast<std::int64_t>(rank) + 2}});
}

void BaseConvLayer::build(const Shapes& inputs) {
  const std::int64_t channels = known_channels(inputs[0], options_.data_format, describe());
  if (channels % options_.groups != 0) {
    throw ShapeError(describe() + ": the number of input channels must be divisible by groups; got groups " +
                         std::to_string(options_.groups) + " and an input of shape " + inputs[0].to_string(),
                     name());
  }
  check_window_fits(inputs[0], options_.data_format, kernel_size_, dilation_rate_, options_.padding, describe());
  kernel_ = add_weight("kernel", kernel_shape(kernel_size_, channels / options_.groups, filters_),
                       {.initializer = options_.kernel_initializer,
                        .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  if (options_.use_bias) {
    bias_ = add_weight("bias", {filters_},
                       {.initializer = options_.bias_initializer,
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint});
  }
  set_input_spec({{.ndim = inputs[0].rank(), .axes = {{options_.data_format.channel_axis(), channels}}}});
  if (options_.lora_rank) enable_lora(*options_.lora_rank, options_.lora_alpha);
}

void BaseConvLayer::enable_lora(std::int64_t rank, std::optional<double> alpha) {
  lora_.enable(describe(), kernel_,
               {.regularizer = options_.kernel_regularizer, .constraint = options_.kernel_constraint}, rank, alpha,
               [this](const std::string& name, const Shape& shape, const WeightOptions& options) {
                 return add_weight(name, shape, options);
               });
}

Variables BaseConvLayer::stored_variables() const {
  Variables list = Layer::stored_variables();
  std::erase_if(list, [this](const Variable& variable) { return lora_.is_factor(variable); });
  return list;
}

Tensor BaseConvLayer::stored_value(const Variable& variable) const {
  return variable == kernel_ ? lora_.merged(kernel_.snapshot()) : variable.snapshot();
}

Outputs BaseConvLayer::call(const Inputs& inputs, const CallContext&) {
  ops::ConvOptions how{
      .strides = strides_, .padding = options_.padding, .dilation_rate = dilation_rate_, .groups = options_.groups};
  if (how.padding == "causal") {
    how.padding = "explicit";
    how.pads = {dilation_rate_[0] * (kernel_size_[0] - 1), 0};
  }
  const Tensor kernel =
      lora_.enabled() ? ops::cast(lora_.merged(kernel_.value()), compute_dtype()) : compute_value(kernel_);
  Tensor y = ops::conv(options_.data_format.to_channels_last(inputs[0]), kernel, how);
  if (bias_.defined()) y = ops::bias_add(y, compute_value(bias_));
  // The activation sees Keras' layout: a softmax works along the last axis of it.
  return options_.activation(options_.data_format.from_channels_last(y));
}

Config BaseConvLayer::config() const {
  Config config = Layer::config();
  config.set("filters", filters_);
  config.set("kernel_size", kernel_size_);
  config.set("strides", strides_);
  config.set("padding", options_.padding);
  config.set("data_format", options_.data_format.name());
  config.set("dilation_rate", dilation_rate_);
  config.set("groups", options_.groups);
  config.set("activation", options_.activation.config());
  config.set("use_bias", options_.use_bias);
  config.set("kernel_initializer", options_.kernel_initializer.serialized());
  config.set("bias_initializer", options_.bias_initializer.serialized());
  config.set("kernel_regularizer", options_.kernel_regularizer.serialized());
  config.set("bias_regularizer", options_.bias_regularizer.serialized());
  config.set("activity_regularizer", options_.activity_regularizer.serialized());
  config.set("kernel_constraint", options_.kernel_constraint.serialized());
  config.set("bias_constraint", options_.bias_constraint.serialized());
  set_lora_config(config, lora_, options_.lora_rank, options_.lora_alpha);
  return config;
}

ConvOptions conv_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.strides = SpatialSizes::from_config(config.get("strides"), 1),
          .padding = config.get_string("padding", "valid"),
          .data_format = config.get_string("data_format", "channels_last"),
          .dilation_rate = SpatialSizes::from_config(config.get("dilation_rate"), 1),
          .groups = config.get_int("groups", 1),
          .activation = ActivationFunction::from_config(config.get("activation")),
          .use_bias = config.get_bool("use_bias", true),
          .kernel_initializer = Initializer::from_config(config.get("kernel_initializer")),
          .bias_initializer = Initializer::from_config(config.get("bias_initializer")),
          .kernel_regularizer = Regularizer::from_config(config.get("kernel_regularizer")),
          .bias_regularizer = Regularizer::from_config(config.get("bias_regularizer")),
          .activity_regularizer = settings.activity_regularizer,
          .kernel_constraint = Constraint::from_config(config.get("kernel_constraint")),
          .bias_constraint = Constraint::from_config(config.get("bias_constraint")),
          .lora_rank = optional_int(config, "lora_rank"),
          .lora_alpha = optional_double(config, "lora_alpha"),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

}  // namespace cornu::layers
