#pragma once

#include "layers/pooling/base_global_pooling.h"

namespace cornu::layers {

class GlobalMaxPooling2DLayer;

/// The greatest value of each channel over all positions of images.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, channels)`; with `keepdims` the spatial axes stay, with size 1.
/// **Throws** ShapeError for an input of another rank. **See**: `keras.layers.GlobalMaxPooling2D`.
class GlobalMaxPooling2D : public Shared<GlobalMaxPooling2DLayer> {
 public:
  explicit GlobalMaxPooling2D(const GlobalPoolingOptions& options = {});
};

/// Body of GlobalMaxPooling2D.
class GlobalMaxPooling2DLayer : public BaseGlobalMaxPoolingLayer {
 public:
  explicit GlobalMaxPooling2DLayer(const GlobalPoolingOptions& options) : BaseGlobalMaxPoolingLayer(2, options) {}
};

}  // namespace cornu::layers
