#include "layers/convolutional/base_depthwise_conv.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/bias_add.h"
#include "framework/ops/conv.h"
#include "layers/convolutional/conv_arguments.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BaseDepthwiseConvLayer::BaseDepthwiseConvLayer(const std::string& class_name, std::size_t rank,
                                               const SpatialSizes& kernel_size, const DepthwiseConvOptions& options)
    : Layer({.name = options.name,
             .trainable = options.trainable,
             .dtype = options.dtype,
             .activity_regularizer = options.activity_regularizer}),
      options_(options) {
  const std::string who = layer_title(class_name, options.name);
  kernel_size_ = kernel_size.per_axis(rank, "kernel_size", who);
  strides_ = options.strides.per_axis(rank, "strides", who);
  dilation_rate_ = options.dilation_rate.per_axis(rank, "dilation_rate", who);
  check_padding(options.padding, who);
  check_positive(options.depth_multiplier, "depth_multiplier", who);
  check_strides_or_dilation(strides_, dilation_rate_, who);
  set_input_spec({{.ndim = static_cast<std::int64_t>(rank) + 2}});
}

void BaseDepthwiseConvLayer::build(const Shapes& inputs) {
  const std::int64_t channels = known_channels(inputs[0], options_.data_format, describe());
  check_window_fits(inputs[0], options_.data_format, kernel_size_, dilation_rate_, options_.padding, describe());
  kernel_ = add_weight("kernel", kernel_shape(kernel_size_, channels, options_.depth_multiplier),
                       {.initializer = options_.depthwise_initializer,
                        .regularizer = options_.depthwise_regularizer,
                        .constraint = options_.depthwise_constraint});
  if (options_.use_bias) {
    bias_ = add_weight("bias", {channels * options_.depth_multiplier},
                       {.initializer = options_.bias_initializer,
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint});
  }
  set_input_spec({{.ndim = inputs[0].rank(), .axes = {{options_.data_format.channel_axis(), channels}}}});
}

Outputs BaseDepthwiseConvLayer::call(const Inputs& inputs, const CallContext&) {
  Tensor y = ops::depthwise_conv(options_.data_format.to_channels_last(inputs[0]), compute_value(kernel_),
                                 {.strides = strides_, .padding = options_.padding, .dilation_rate = dilation_rate_});
  if (bias_.defined()) y = ops::bias_add(y, compute_value(bias_));
  return options_.activation(options_.data_format.from_channels_last(y));
}

Config BaseDepthwiseConvLayer::config() const {
  Config config = Layer::config();
  config.set("depth_multiplier", options_.depth_multiplier);
  config.set("kernel_size", kernel_size_);
  config.set("strides", strides_);
  config.set("padding", options_.padding);
  config.set("data_format", options_.data_format.name());
  config.set("dilation_rate", dilation_rate_);
  config.set("activation", options_.activation.config());
  config.set("use_bias", options_.use_bias);
  config.set("depthwise_initializer", options_.depthwise_initializer.serialized());
  config.set("bias_initializer", options_.bias_initializer.serialized());
  config.set("depthwise_regularizer", options_.depthwise_regularizer.serialized());
  config.set("bias_regularizer", options_.bias_regularizer.serialized());
  config.set("activity_regularizer", options_.activity_regularizer.serialized());
  config.set("depthwise_constraint", options_.depthwise_constraint.serialized());
  config.set("bias_constraint", options_.bias_constraint.serialized());
  return config;
}

DepthwiseConvOptions depthwise_conv_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.strides = SpatialSizes::from_config(config.get("strides"), 1),
          .padding = config.get_string("padding", "valid"),
          .depth_multiplier = config.get_int("depth_multiplier", 1),
          .data_format = config.get_string("data_format", "channels_last"),
          .dilation_rate = SpatialSizes::from_config(config.get("dilation_rate"), 1),
          .activation = ActivationFunction::from_config(config.get("activation")),
          .use_bias = config.get_bool("use_bias", true),
          .depthwise_initializer = Initializer::from_config(config.get("depthwise_initializer")),
          .bias_initializer = Initializer::from_config(config.get("bias_initializer")),
          .depthwise_regularizer = Regularizer::from_config(config.get("depthwise_regularizer")),
          .bias_regularizer = Regularizer::from_config(config.get("bias_regularizer")),
          .activity_regularizer = settings.activity_regularizer,
          .depthwise_constraint = Constraint::from_config(config.get("depthwise_constraint")),
          .bias_constraint = Constraint::from_config(config.get("bias_constraint")),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

}  // namespace cornu::layers
