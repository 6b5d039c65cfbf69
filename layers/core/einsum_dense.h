#pragma once

#include "layers/activations/activation_function.h"
#include "layers/lora.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of EinsumDense, in Keras' order.
struct EinsumDenseOptions {
  ActivationFunction activation = "linear";  ///< applied to the result
  std::string bias_axes = {};                ///< letters of the output that the bias has; none: no bias
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::optional<std::int64_t> lora_rank = {};  ///< freeze the kernel and train low-rank factors of this rank instead
  std::optional<double> lora_alpha = {};  ///< their product is scaled by lora_alpha / lora_rank; lora_rank by default
  Regularizer activity_regularizer = {};  ///< penalty on the output
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class EinsumDenseLayer;

/// Dense over axes of choice: `activation(einsum(equation, x, kernel) + bias)`.
///
/// **Inputs**: as the equation says. **Output**: `(batch, output_shape...)` with the axes of "..." in their place.
/// **Weights**: kernel, shaped by the equation's second term, and bias, shaped by `bias_axes`.
/// **Throws** InvalidArgument for a malformed equation, ShapeError for sizes that differ. **See**:
/// `keras.layers.EinsumDense`.
/// ```cpp
/// EinsumDense heads("abc,cde->abde", {kUnknown, 8, 64}, {.bias_axes = "de"});   // (batch, time, c) -> (batch, time,
/// 8, 64)
/// ```
class EinsumDense : public Shared<EinsumDenseLayer> {
 public:
  /// `output_shape`: without the batch and the axes behind "..."; `kUnknown` where the input decides.
  explicit EinsumDense(const std::string& equation, const Shape& output_shape, const EinsumDenseOptions& options = {});
};

/// Body of EinsumDense.
class EinsumDenseLayer : public Layer {
 public:
  EinsumDenseLayer(const std::string& equation, const Shape& output_shape, const EinsumDenseOptions& options);
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
  std::string equation_;
  Shape output_shape_;
  EinsumDenseOptions options_;
  Variable kernel_;
  Variable bias_;
  Lora lora_;
};

}  // namespace cornu::layers
