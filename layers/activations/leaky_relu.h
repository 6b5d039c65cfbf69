#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of LeakyReLU, in Keras' order.
struct LeakyReLUOptions {
  double negative_slope = 0.3;  ///< slope below 0, at least 0
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class LeakyReLULayer;

/// `x` above 0, `negative_slope * x` else: keeps a gradient where the unit is not active.
///
/// **Inputs**: any shape. **Output**: the same shape. **Throws** InvalidArgument for a negative slope.
/// **See**: `keras.layers.LeakyReLU`.
class LeakyReLU : public Shared<LeakyReLULayer> {
 public:
  explicit LeakyReLU(const LeakyReLUOptions& options = {});
};

/// Body of LeakyReLU.
class LeakyReLULayer : public Layer {
 public:
  explicit LeakyReLULayer(const LeakyReLUOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double negative_slope_;
};

}  // namespace cornu::layers
