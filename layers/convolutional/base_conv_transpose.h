#pragma once

#include <string>
#include <vector>

#include "layers/activations/activation_function.h"
#include "layers/data_format.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose, in Keras' order.
///
/// With k the size of the dilated window and s the stride, a size n of the input becomes
///
/// | padding | output_padding not given | output_padding p |
/// | --- | --- | --- |
/// | "valid" | `(n - 1) s + max(k, s)` | `(n - 1) s + k + p` |
/// | "same" | `n s` | `(n - 1) s + k mod 2 + p` |
struct ConvTransposeOptions {
  SpatialSizes strides = 1;          ///< how many times larger the output is
  std::string padding = "valid";     ///< "valid" or "same"
  SpatialSizes output_padding = {};  ///< settles the size of the output; smaller than strides
  DataFormat data_format = "channels_last";
  SpatialSizes dilation_rate = 1;            ///< not together with strides above 1
  ActivationFunction activation = "linear";  ///< applied to the result
  bool use_bias = true;                      ///< add a bias for each filter
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The options a configuration holds, all but kernel size and filters.
ConvTransposeOptions conv_transpose_options_from(const Config& config);

/// What the transposed convolutions share: `activation(conv_transpose(x, kernel) + bias)`.
class BaseConvTransposeLayer : public Layer {
 public:
  Config config() const override;
  const Variable& kernel() const { return kernel_; }
  const Variable& bias() const { return bias_; }

 protected:
  BaseConvTransposeLayer(const std::string& class_name, std::size_t rank, std::int64_t filters,
                         const SpatialSizes& kernel_size, const ConvTransposeOptions& options);
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::int64_t filters_;
  std::vector<std::int64_t> kernel_size_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> output_padding_;  // empty when it was not given
  std::vector<std::int64_t> dilation_rate_;
  ConvTransposeOptions options_;
  Variable kernel_;
  Variable bias_;
};

}  // namespace cornu::layers
