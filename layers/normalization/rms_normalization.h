#pragma once

#include <string>
#include <vector>

#include "layers/axis_argument.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of RMSNormalization, in Keras' order.
struct RMSNormalizationOptions {
  AxisArgument axis = -1;  ///< the axes that are normalized together
  double epsilon = 1e-6;   ///< added to the mean square
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class RMSNormalizationLayer;

/// Divides each example by its root mean square along some axes and scales it: `x / sqrt(mean(x²) + epsilon) * scale`.
///
/// **Inputs**: any rank. **Output**: the input's shape; computed in float32 or wider. **Weights**: scale, of the
/// input's sizes along `axis`. **Throws** ShapeError for an axis outside the rank or of unknown size.
/// **See**: Zhang and Sennrich (2019); `keras.layers.RMSNormalization`.
class RMSNormalization : public Shared<RMSNormalizationLayer> {
 public:
  explicit RMSNormalization(const RMSNormalizationOptions& options = {});
};

/// Body of RMSNormalization.
class RMSNormalizationLayer : public Layer {
 public:
  explicit RMSNormalizationLayer(const RMSNormalizationOptions& options);
  Config config() const override;
  const Variable& scale() const { return scale_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  RMSNormalizationOptions options_;
  std::vector<std::int64_t> axes_;
  Variable scale_;
};

}  // namespace cornu::layers
