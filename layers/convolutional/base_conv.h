#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/activations/activation_function.h"
#include "layers/data_format.h"
#include "layers/lora.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of Conv1D, Conv2D and Conv3D, in Keras' order.
struct ConvOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";  ///< "valid", "same", or in one dimension "causal"
  DataFormat data_format = "channels_last";
  SpatialSizes dilation_rate = 1;            ///< not together with strides above 1
  std::int64_t groups = 1;                   ///< the channels are split into so many independent convolutions
  ActivationFunction activation = "linear";  ///< applied to the result
  bool use_bias = true;                      ///< add a bias for each filter
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::optional<std::int64_t> lora_rank = {};  ///< train a low-rank change of the kernel instead of the kernel
  std::optional<double> lora_alpha = {};       ///< scales that change by lora_alpha / lora_rank; lora_rank by default
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The options a configuration holds, all but kernel size and filters.
ConvOptions conv_options_from(const Config& config);

/// What the convolution layers share: `activation(conv(x, kernel) + bias)`.
///
/// **Weights**: kernel `(kernel_size..., channels / groups, filters)`, bias `(filters,)`; with LoRA also lora_kernel_a
/// `(kernel_size..., channels / groups, lora_rank)` and lora_kernel_b `(lora_rank, filters)`.
class BaseConvLayer : public Layer {
 public:
  Config config() const override;
  const Variable& kernel() const { return kernel_; }
  const Variable& bias() const { return bias_; }

  /// Freezes the kernel of a built layer and trains low-rank factors instead (see `Lora`).
  void enable_lora(std::int64_t rank, std::optional<double> alpha = {});
  Variables stored_variables() const override;
  Tensor stored_value(const Variable& variable) const override;
  void stored_values_loaded() override { lora_.clear(); }

 protected:
  BaseConvLayer(const std::string& class_name, std::size_t rank, std::int64_t filters, const SpatialSizes& kernel_size,
                const ConvOptions& options);
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::int64_t filters_;
  std::vector<std::int64_t> kernel_size_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> dilation_rate_;
  ConvOptions options_;
  Variable kernel_;
  Variable bias_;
  Lora lora_;
};

}  // namespace cornu::layers
