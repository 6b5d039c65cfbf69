#pragma once

#include <string>

#include "layers/axis_argument.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of UnitNormalization, in Keras' order.
struct UnitNormalizationOptions {
  AxisArgument axis = -1;  ///< the axes along which the norm is taken
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class UnitNormalizationLayer;

/// Divides each example by its Euclidean norm along some axes: `x / max(norm(x), 1e-12)`.
///
/// **Inputs**: any rank. **Output**: the input's shape; zeros stay zeros.
/// **Throws** ShapeError for an axis outside the rank. **See**: `keras.layers.UnitNormalization`.
class UnitNormalization : public Shared<UnitNormalizationLayer> {
 public:
  explicit UnitNormalization(const UnitNormalizationOptions& options = {});
};

/// Body of UnitNormalization.
class UnitNormalizationLayer : public Layer {
 public:
  explicit UnitNormalizationLayer(const UnitNormalizationOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  AxisArgument axis_;
};

}  // namespace cornu::layers
