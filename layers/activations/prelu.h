#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of PReLU, in Keras' order.
struct PReLUOptions {
  Initializer alpha_initializer = "zeros";
  Regularizer alpha_regularizer = {};
  Constraint alpha_constraint = {};
  std::optional<std::vector<std::int64_t>> shared_axes =
      {};  ///< axes, counted from 1, along which one slope serves all
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class PReLULayer;

/// Rectified linear unit with a learned slope below 0: `x` above 0, `alpha * x` else.
///
/// After convolutions let the slopes be shared over space: `PReLU({.shared_axes = {{1, 2}}})`.
/// **Inputs**: `(batch, ...)`, sizes known but for the batch and shared axes. **Output**: the same shape.
/// **Weights**: alpha, the input's shape without the batch, 1 at shared axes. **Throws** ShapeError for unknown sizes,
/// InvalidArgument for a shared axis outside the input. **See**: He et al., 2015; `keras.layers.PReLU`.
class PReLU : public Shared<PReLULayer> {
 public:
  explicit PReLU(const PReLUOptions& options = {});
};

/// Body of PReLU.
class PReLULayer : public Layer {
 public:
  explicit PReLULayer(const PReLUOptions& options);
  Config config() const override;
  const Variable& alpha() const { return alpha_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  PReLUOptions options_;
  Variable alpha_;
};

}  // namespace cornu::layers
