#pragma once

#include "layers/activations/activation_function.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of Activation.
struct ActivationOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class ActivationLayer;

/// Applies an activation function: `Activation("relu")`.
///
/// **Inputs**: any shape. **Output**: the same shape; half of the last axis for "glu". **Throws** InvalidArgument for
/// an unknown name. **See**: `keras.layers.Activation`.
class Activation : public Shared<ActivationLayer> {
 public:
  explicit Activation(const ActivationFunction& activation, const ActivationOptions& options = {});
};

/// Body of Activation.
class ActivationLayer : public Layer {
 public:
  ActivationLayer(const ActivationFunction& activation, const ActivationOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  ActivationFunction activation_;
};

}  // namespace cornu::layers
