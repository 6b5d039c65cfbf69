#pragma once

#include "layers/pooling/base_global_pooling.h"

namespace cornu::layers {

class GlobalMaxPooling3DLayer;

/// The greatest value of each channel over all positions of volumes.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or with "channels_first" `(batch, channels, depth, height,
/// width)`.
/// **Output**: `(batch, channels)`; with `keepdims` the spatial axes stay, with size 1.
/// **Throws** ShapeError for an input of another rank. **See**: `keras.layers.GlobalMaxPooling3D`.
class GlobalMaxPooling3D : public Shared<GlobalMaxPooling3DLayer> {
 public:
  explicit GlobalMaxPooling3D(const GlobalPoolingOptions& options = {});
};

/// Body of GlobalMaxPooling3D.
class GlobalMaxPooling3DLayer : public BaseGlobalMaxPoolingLayer {
 public:
  explicit GlobalMaxPooling3DLayer(const GlobalPoolingOptions& options) : BaseGlobalMaxPoolingLayer(3, options) {}
};

}  // namespace cornu::layers
