#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

class MinimumLayer;

/// The least of the inputs, element by element; inputs that are masked out do not count.
///
/// **Inputs**: one or more of shapes that broadcast, given as a list. **Output**: the shape they broadcast to.
/// **Throws** ShapeError when they do not broadcast, InvalidArgument for a single tensor.
/// **See**: `keras.layers.Minimum`.
class Minimum : public Shared<MinimumLayer> {
 public:
  explicit Minimum(const MergeOptions& options = {});
};

/// Body of Minimum.
class MinimumLayer : public BaseMergeLayer {
 public:
  explicit MinimumLayer(const MergeOptions& options) : BaseMergeLayer(options) {}

 protected:
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;
};

}  // namespace cornu::layers
