#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of ActivityRegularization, in Keras' order.
struct ActivityRegularizationOptions {
  double l1 = 0.0;  ///< factor of the sum of absolute values, at least 0
  double l2 = 0.0;  ///< factor of the sum of squares, at least 0
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class ActivityRegularizationLayer;

/// Passes its input on and adds `l1 * sum(|x|) + l2 * sum(x^2)`, divided by the batch size, to the loss.
///
/// **Inputs**: any shape. **Output**: the input. **Throws** InvalidArgument for a negative factor.
/// **See**: `keras.layers.ActivityRegularization`.
class ActivityRegularization : public Shared<ActivityRegularizationLayer> {
 public:
  explicit ActivityRegularization(const ActivityRegularizationOptions& options = {});
};

/// Body of ActivityRegularization.
class ActivityRegularizationLayer : public Layer {
 public:
  explicit ActivityRegularizationLayer(const ActivityRegularizationOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double l1_;
  double l2_;
};

}  // namespace cornu::layers
