#pragma once

#include <string>
#include <vector>

#include "layers/activations/activation_function.h"
#include "layers/data_format.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of SeparableConv1D and SeparableConv2D, in Keras' order.
struct SeparableConvOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";  ///< "valid" or "same"
  DataFormat data_format = "channels_last";
  SpatialSizes dilation_rate = 1;
  std::int64_t depth_multiplier = 1;         ///< channels between the two steps for each input channel
  ActivationFunction activation = "linear";  ///< applied to the result
  bool use_bias = true;                      ///< add a bias for each filter
  Initializer depthwise_initializer = "glorot_uniform";
  Initializer pointwise_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer depthwise_regularizer = {};
  Regularizer pointwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint depthwise_constraint = {};
  Constraint pointwise_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The options a configuration holds, all but kernel size and filters.
SeparableConvOptions separable_conv_options_from(const Config& config);

/// What the separable convolutions share: `activation(conv(depthwise_conv(x, depthwise_kernel), pointwise_kernel) +
/// bias)`.
class BaseSeparableConvLayer : public Layer {
 public:
  Config config() const override;
  const Variable& depthwise_kernel() const { return depthwise_kernel_; }
  const Variable& pointwise_kernel() const { return pointwise_kernel_; }
  const Variable& bias() const { return bias_; }

 protected:
  BaseSeparableConvLayer(const std::string& class_name, std::size_t rank, std::int64_t filters,
                         const SpatialSizes& kernel_size, const SeparableConvOptions& options);
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::int64_t filters_;
  std::vector<std::int64_t> kernel_size_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> dilation_rate_;
  SeparableConvOptions options_;
  Variable depthwise_kernel_;
  Variable pointwise_kernel_;
  Variable bias_;
};

}  // namespace cornu::layers
