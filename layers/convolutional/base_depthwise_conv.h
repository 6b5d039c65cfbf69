#pragma once

#include <string>
#include <vector>

#include "layers/activations/activation_function.h"
#include "layers/data_format.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of DepthwiseConv1D and DepthwiseConv2D, in Keras' order.
struct DepthwiseConvOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";      ///< "valid" or "same"
  std::int64_t depth_multiplier = 1;  ///< number of output channels for each input channel
  DataFormat data_format = "channels_last";
  SpatialSizes dilation_rate = 1;
  ActivationFunction activation = "linear";  ///< applied to the result
  bool use_bias = true;                      ///< add a bias for each output channel
  Initializer depthwise_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer depthwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint depthwise_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The options a configuration holds, all but the kernel size.
DepthwiseConvOptions depthwise_conv_options_from(const Config& config);

/// What the depthwise convolutions share: `activation(depthwise_conv(x, kernel) + bias)`.
class BaseDepthwiseConvLayer : public Layer {
 public:
  Config config() const override;
  const Variable& kernel() const { return kernel_; }
  const Variable& bias() const { return bias_; }

 protected:
  BaseDepthwiseConvLayer(const std::string& class_name, std::size_t rank, const SpatialSizes& kernel_size,
                         const DepthwiseConvOptions& options);
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<std::int64_t> kernel_size_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> dilation_rate_;
  DepthwiseConvOptions options_;
  Variable kernel_;
  Variable bias_;
};

}  // namespace cornu::layers
