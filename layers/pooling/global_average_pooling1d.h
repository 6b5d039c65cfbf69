#pragma once

#include "layers/pooling/base_global_pooling.h"

namespace cornu::layers {

class GlobalAveragePooling1DLayer;

/// The mean of the values of each channel over all positions of sequences.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, channels)`; with `keepdims` the spatial axes stay, with size 1.
/// Positions that the mask `(batch, steps)` hides do not count; where all are hidden the result is NaN. The mask ends
/// here.
/// **Throws** ShapeError for an input of another rank. **See**: `keras.layers.GlobalAveragePooling1D`.
class GlobalAveragePooling1D : public Shared<GlobalAveragePooling1DLayer> {
 public:
  explicit GlobalAveragePooling1D(const GlobalPoolingOptions& options = {});
};

/// Body of GlobalAveragePooling1D.
class GlobalAveragePooling1DLayer : public BaseGlobalAveragePoolingLayer {
 public:
  explicit GlobalAveragePooling1DLayer(const GlobalPoolingOptions& options);

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;
};

}  // namespace cornu::layers
