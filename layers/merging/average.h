#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

class AverageLayer;

/// Mean of the inputs, element by element.
///
/// **Inputs**: one or more of shapes that broadcast, given as a list. **Output**: the shape they broadcast to.
/// **Throws** ShapeError when they do not broadcast, InvalidArgument for a single tensor.
/// **See**: `keras.layers.Average`.
class Average : public Shared<AverageLayer> {
 public:
  explicit Average(const MergeOptions& options = {});
};

/// Body of Average.
class AverageLayer : public BaseMergeLayer {
 public:
  explicit AverageLayer(const MergeOptions& options) : BaseMergeLayer(options) {}

 protected:
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;
};

}  // namespace cornu::layers
