#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

class SubtractLayer;

/// The first input minus the second.
///
/// **Inputs**: two of shapes that broadcast, given as a list. **Output**: the shape they broadcast to.
/// **Throws** ShapeError when they do not broadcast, InvalidArgument for another number of inputs.
/// **See**: `keras.layers.Subtract`.
class Subtract : public Shared<SubtractLayer> {
 public:
  explicit Subtract(const MergeOptions& options = {});
};

/// Body of Subtract.
class SubtractLayer : public BaseMergeLayer {
 public:
  explicit SubtractLayer(const MergeOptions& options) : BaseMergeLayer(options) {}

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;
};

}  // namespace cornu::layers
