#pragma once

#include "layers/pooling/base_pooling.h"

namespace cornu::layers {

class MaxPooling3DLayer;

/// The greatest value in a window that moves over volumes, for each channel.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or with "channels_first" `(batch, channels, depth, height,
/// width)`.
/// **Output**: `(batch, new_depth, new_height, new_width, channels)`, channels where the input has them. With "same" a
/// new size is `ceil(size / stride)`, with "valid" `(size - pool_size) / stride + 1`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window.
/// **See**: `keras.layers.MaxPooling3D`.
///
/// ```cpp
/// MaxPooling3D pool({2, 2, 2});   // half the size
/// ```
class MaxPooling3D : public Shared<MaxPooling3DLayer> {
 public:
  /// `pool_size`: size of the window; 2 by default.
  explicit MaxPooling3D(const SpatialSizes& pool_size = 2, const PoolingOptions& options = {});
};

/// Body of MaxPooling3D.
class MaxPooling3DLayer : public BaseMaxPoolingLayer {
 public:
  MaxPooling3DLayer(const SpatialSizes& pool_size, const PoolingOptions& options)
      : BaseMaxPoolingLayer("MaxPooling3D", 3, pool_size, options) {}
};

}  // namespace cornu::layers
