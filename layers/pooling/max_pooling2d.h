#pragma once

#include "layers/pooling/base_pooling.h"

namespace cornu::layers {

class MaxPooling2DLayer;

/// The greatest value in a window that moves over images, for each channel.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, new_height, new_width, channels)`, channels where the input has them. With "same" a new size is
/// `ceil(size / stride)`, with "valid" `(size - pool_size) / stride + 1`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window.
/// **See**: `keras.layers.MaxPooling2D`.
///
/// ```cpp
/// MaxPooling2D pool({2, 2});   // half the size
/// ```
class MaxPooling2D : public Shared<MaxPooling2DLayer> {
 public:
  /// `pool_size`: size of the window; 2 by default.
  explicit MaxPooling2D(const SpatialSizes& pool_size = 2, const PoolingOptions& options = {});
};

/// Body of MaxPooling2D.
class MaxPooling2DLayer : public BaseMaxPoolingLayer {
 public:
  MaxPooling2DLayer(const SpatialSizes& pool_size, const PoolingOptions& options)
      : BaseMaxPoolingLayer("MaxPooling2D", 2, pool_size, options) {}
};

}  // namespace cornu::layers
