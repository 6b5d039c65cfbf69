#pragma once

#include "layers/pooling/base_global_pooling.h"

namespace cornu::layers {

class GlobalAveragePooling2DLayer;

/// The mean of the values of each channel over all positions of images.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, channels)`; with `keepdims` the spatial axes stay, with size 1.
/// **Throws** ShapeError for an input of another rank. **See**: `keras.layers.GlobalAveragePooling2D`.
class GlobalAveragePooling2D : public Shared<GlobalAveragePooling2DLayer> {
 public:
  explicit GlobalAveragePooling2D(const GlobalPoolingOptions& options = {});
};

/// Body of GlobalAveragePooling2D.
class GlobalAveragePooling2DLayer : public BaseGlobalAveragePoolingLayer {
 public:
  explicit GlobalAveragePooling2DLayer(const GlobalPoolingOptions& options)
      : BaseGlobalAveragePoolingLayer(2, options) {}
};

}  // namespace cornu::layers
