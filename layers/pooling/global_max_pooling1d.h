#pragma once

#include "layers/pooling/base_global_pooling.h"

namespace cornu::layers {

class GlobalMaxPooling1DLayer;

/// The greatest value of each channel over all positions of sequences.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, channels)`; with `keepdims` the spatial axes stay, with size 1.
/// **Throws** ShapeError for an input of another rank. **See**: `keras.layers.GlobalMaxPooling1D`.
class GlobalMaxPooling1D : public Shared<GlobalMaxPooling1DLayer> {
 public:
  explicit GlobalMaxPooling1D(const GlobalPoolingOptions& options = {});
};

/// Body of GlobalMaxPooling1D.
class GlobalMaxPooling1DLayer : public BaseGlobalMaxPoolingLayer {
 public:
  explicit GlobalMaxPooling1DLayer(const GlobalPoolingOptions& options) : BaseGlobalMaxPoolingLayer(1, options) {}
};

}  // namespace cornu::layers
