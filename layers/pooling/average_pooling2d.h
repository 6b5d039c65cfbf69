#pragma once

#include "layers/pooling/base_pooling.h"

namespace cornu::layers {

class AveragePooling2DLayer;

/// The mean of the values in a window that moves over images, for each channel.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, new_height, new_width, channels)`, channels where the input has them. With "same" a new size is
/// `ceil(size / stride)`, with "valid" `(size - pool_size) / stride + 1`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window.
/// **See**: `keras.layers.AveragePooling2D`.
///
/// ```cpp
/// AveragePooling2D pool({2, 2});   // half the size
/// ```
class AveragePooling2D : public Shared<AveragePooling2DLayer> {
 public:
  /// `pool_size`: size of the window.
  explicit AveragePooling2D(const SpatialSizes& pool_size, const PoolingOptions& options = {});
};

/// Body of AveragePooling2D.
class AveragePooling2DLayer : public BaseAveragePoolingLayer {
 public:
  AveragePooling2DLayer(const SpatialSizes& pool_size, const PoolingOptions& options)
      : BaseAveragePoolingLayer("AveragePooling2D", 2, pool_size, options) {}
};

}  // namespace cornu::layers
