#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of ReLU, in Keras' order.
struct ReLUOptions {
  std::optional<double> max_value = {};  ///< where the output saturates, at least 0
  double negative_slope = 0.0;           ///< slope below the threshold, at least 0
  double threshold = 0.0;                ///< values up to it count as negative, at least 0
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class ReLULayer;

/// Rectified linear unit: `max_value` for `x >= max_value`, `x` for `threshold < x < max_value`,
/// `negative_slope * (x - threshold)` else.
///
/// **Inputs**: any shape. **Output**: the same shape. **Throws** InvalidArgument for a negative option.
/// **See**: `keras.layers.ReLU`.
class ReLU : public Shared<ReLULayer> {
 public:
  explicit ReLU(const ReLUOptions& options = {});
};

/// Body of ReLU.
class ReLULayer : public Layer {
 public:
  explicit ReLULayer(const ReLUOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  ReLUOptions options_;
};

}  // namespace cornu::layers
