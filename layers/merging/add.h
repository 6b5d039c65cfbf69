#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

class AddLayer;

/// Sum of the inputs, element by element.
///
/// **Inputs**: one or more of shapes that broadcast, given as a list. **Output**: the shape they broadcast to.
/// **Throws** ShapeError when they do not broadcast, InvalidArgument for a single tensor.
/// **See**: `keras.layers.Add`.
class Add : public Shared<AddLayer> {
 public:
  explicit Add(const MergeOptions& options = {});
};

/// Body of Add.
class AddLayer : public BaseMergeLayer {
 public:
  explicit AddLayer(const MergeOptions& options) : BaseMergeLayer(options) {}

 protected:
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;
};

}  // namespace cornu::layers
