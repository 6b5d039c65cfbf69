#pragma once

#include "layers/pooling/base_global_pooling.h"

namespace cornu::layers {

class GlobalAveragePooling3DLayer;

/// The mean of the values of each channel over all positions of volumes.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or with "channels_first" `(batch, channels, depth, height,
/// width)`.
/// **Output**: `(batch, channels)`; with `keepdims` the spatial axes stay, with size 1.
/// **Throws** ShapeError for an input of another rank. **See**: `keras.layers.GlobalAveragePooling3D`.
class GlobalAveragePooling3D : public Shared<GlobalAveragePooling3DLayer> {
 public:
  explicit GlobalAveragePooling3D(const GlobalPoolingOptions& options = {});
};

/// Body of GlobalAveragePooling3D.
class GlobalAveragePooling3DLayer : public BaseGlobalAveragePoolingLayer {
 public:
  explicit GlobalAveragePooling3DLayer(const GlobalPoolingOptions& options)
      : BaseGlobalAveragePoolingLayer(3, options) {}
};

}  // namespace cornu::layers
