#pragma once

#include "layers/axis_argument.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of Softmax, in Keras' order.
struct SoftmaxOptions {
  AxisArgument axis = -1;  ///< one axis, or several that are normalised together
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class SoftmaxLayer;

/// `exp(x) / sum(exp(x))` along an axis: positive numbers that add up to 1.
///
/// **Inputs**: any shape; a mask, where there is one, broadcasts to it, and places where it is false get 0.
/// **Output**: the same shape. **Throws** ShapeError for a mask that does not broadcast. **See**:
/// `keras.layers.Softmax`.
class Softmax : public Shared<SoftmaxLayer> {
 public:
  explicit Softmax(const SoftmaxOptions& options = {});
};

/// Body of Softmax.
class SoftmaxLayer : public Layer {
 public:
  explicit SoftmaxLayer(const SoftmaxOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  AxisArgument axis_;
};

}  // namespace cornu::layers
