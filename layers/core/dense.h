#pragma once

#include "layers/activations/activation_function.h"
#include "layers/lora.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of Dense, in Keras' order.
struct DenseOptions {
  ActivationFunction activation = "linear";  ///< applied to the result
  bool use_bias = true;                      ///< add a bias vector
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::optional<std::int64_t> lora_rank = {};  ///< freeze the kernel and train low-rank factors of this rank instead
  std::optional<double> lora_alpha = {};  ///< their product is scaled by lora_alpha / lora_rank; lora_rank by default
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class DenseLayer;

/// Fully connected layer: `activation(x · kernel + bias)`.
///
/// **Inputs**: `(batch, ..., input_dim)`. **Output**: `(batch, ..., units)`. **Weights**: kernel `(input_dim, units)`,
/// bias `(units,)`; with LoRA also lora_kernel_a `(input_dim, rank)` and lora_kernel_b `(rank, units)`.
/// **Throws** ShapeError for an input of another last size than the first one. **See**: `keras.layers.Dense`, which
/// forgets a `lora_alpha` given to its constructor.
class Dense : public Shared<DenseLayer> {
 public:
  /// `units`: size of the output's last axis, positive.
  explicit Dense(std::int64_t units, const DenseOptions& options = {});
};

/// Body of Dense.
class DenseLayer : public Layer {
 public:
  DenseLayer(std::int64_t units, const DenseOptions& options);
  Config config() const override;
  const Variable& kernel() const { return kernel_; }
  const Variable& bias() const { return bias_; }

  /// Freezes the kernel of a built layer and trains low-rank factors instead (see `Lora`).
  void enable_lora(std::int64_t rank, std::optional<double> alpha = {});
  Variables stored_variables() const override;
  Tensor stored_value(const Variable& variable) const override;
  void stored_values_loaded() override { lora_.clear(); }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::int64_t units_;
  DenseOptions options_;
  Variable kernel_;
  Variable bias_;
  Lora lora_;
};

}  // namespace cornu::layers
