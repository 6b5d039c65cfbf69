#include "layers/convolutional/base_conv_transpose.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/bias_add.h"
#include "framework/ops/conv.h"
#include "layers/convolutional/conv_arguments.h"
#include "layers/layer_title.h"

namespace cornu::layers {
namespace {

// One spatial axis of a transposed convolution, as the convolution whose gradient it is.
struct TransposedAxis {
  std::int64_t size;    // of the transposed convolution's output: the input of the convolution
  std::int64_t before;  // padding of the convolution
  std::int64_t after;
};

TransposedAxis transposed_axis(std::int64_t input, std::int64_t window, std::int64_t stride, bool same,
                               const std::int64_t* output_padding) {
  const std::int64_t parity = window % 2;
  std::int64_t beyond = 0;   // what the size is besides (input - 1) * stride
  std::int64_t padding = 0;  // on both sides together, of the input spread out by the stride
  if (same) {
    beyond = output_padding ? parity + *output_padding : stride;
    padding = output_padding ? window + parity - 2 + *output_padding : stride + window - 2;
  } else {
    beyond = output_padding ? window + *output_padding : std::max(window, stride);
    padding = 2 * (window - 1);
  }
  const std::int64_t before = same ? std::max<std::int64_t>(window - 1 - (padding + 1) / 2, 0) : 0;
  if (input == kUnknown) return {kUnknown, before, 0};
  const std::int64_t size = std::max<std::int64_t>((input - 1) * stride + beyond, 0);
  // As much after as the last window needs.
  return {size, before, std::max<std::int64_t>((input - 1) * stride + window - size - before, 0)};
}

}  // namespace

BaseConvTransposeLayer::BaseConvTransposeLayer(const std::string& class_name, std::size_t rank, std::int64_t filters,
                                               const SpatialSizes& kernel_size, const ConvTransposeOptions& options)
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
  check_padding(options.padding, who);
  check_positive(filters, "filters", who);
  check_strides_or_dilation(strides_, dilation_rate_, who);
  if (options.output_padding.given()) {
    output_padding_ = options.output_padding.per_axis(rank, "output_padding", who, 0);
    for (std::size_t i = 0; i < rank; ++i) {
      if (output_padding_[i] < strides_[i]) continue;
      throw InvalidArgument(
          who + ": output_padding must be strictly less than strides along every axis; got output_padding " +
              Shape(output_padding_).to_string() + " and strides " + Shape(strides_).to_string(),
          path_in_title(who));
    }
  }
  set_input_spec({{.ndim = static_cast<std::int64_t>(rank) + 2}});
}

void BaseConvTransposeLayer::build(const Shapes& inputs) {
  const std::int64_t channels = known_channels(inputs[0], options_.data_format, describe());
  kernel_ = add_weight("kernel", kernel_shape(kernel_size_, filters_, channels),
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
}

Outputs BaseConvTransposeLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor x = options_.data_format.to_channels_last(inputs[0]);
  std::vector<std::int64_t> size;
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
  for (std::size_t i = 0; i < kernel_size_.size(); ++i) {
    const std::int64_t window = dilation_rate_[i] * (kernel_size_[i] - 1) + 1;
    const TransposedAxis axis =
        transposed_axis(x.shape()[static_cast<std::int64_t>(i) + 1], window, strides_[i], options_.padding == "same",
                        output_padding_.empty() ? nullptr : &output_padding_[i]);
    size.push_back(axis.size);
    before.push_back(axis.before);
    after.push_back(axis.after);
  }
  std::vector<std::int64_t> pads = before;
  pads.insert(pads.end(), after.begin(), after.end());
  Tensor y = ops::conv_input_gradient(
      x, compute_value(kernel_), size,
      {.strides = strides_, .padding = "explicit", .dilation_rate = dilation_rate_, .pads = pads});
  if (bias_.defined()) y = ops::bias_add(y, compute_value(bias_));
  return options_.activation(options_.data_format.from_channels_last(y));
}

Config BaseConvTransposeLayer::config() const {
  Config config = Layer::config();
  config.set("filters", filters_);
  config.set("kernel_size", kernel_size_);
  config.set("strides", strides_);
  config.set("padding", options_.padding);
  config.set("output_padding", output_padding_.empty() ? Config() : Config(output_padding_));
  config.set("data_format", options_.data_format.name());
  config.set("dilation_rate", dilation_rate_);
  config.set("activation", options_.activation.config());
  config.set("use_bias", options_.use_bias);
  config.set("kernel_initializer", options_.kernel_initializer.serialized());
  config.set("bias_initializer", options_.bias_initializer.serialized());
  config.set("kernel_regularizer", options_.kernel_regularizer.serialized());
  config.set("bias_regularizer", options_.bias_regularizer.serialized());
  config.set("activity_regularizer", options_.activity_regularizer.serialized());
  config.set("kernel_constraint", options_.kernel_constraint.serialized());
  config.set("bias_constraint", options_.bias_constraint.serialized());
  return config;
}

ConvTransposeOptions conv_transpose_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.strides = SpatialSizes::from_config(config.get("strides"), 1),
          .padding = config.get_string("padding", "valid"),
          .output_padding = SpatialSizes::from_config(config.get("output_padding"), {}),
          .data_format = config.get_string("data_format", "channels_last"),
          .dilation_rate = SpatialSizes::from_config(config.get("dilation_rate"), 1),
          .activation = ActivationFunction::from_config(config.get("activation")),
          .use_bias = config.get_bool("use_bias", true),
          .kernel_initializer = Initializer::from_config(config.get("kernel_initializer")),
          .bias_initializer = Initializer::from_config(config.get("bias_initializer")),
          .kernel_regularizer = Regularizer::from_config(config.get("kernel_regularizer")),
          .bias_regularizer = Regularizer::from_config(config.get("bias_regularizer")),
          .activity_regularizer = settings.activity_regularizer,
          .kernel_constraint = Constraint::from_config(config.get("kernel_constraint")),
          .bias_constraint = Constraint::from_config(config.get("bias_constraint")),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

}  // namespace cornu::layers
