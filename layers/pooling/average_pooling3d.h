#pragma once

#include "layers/pooling/base_pooling.h"

namespace cornu::layers {

class AveragePooling3DLayer;

/// The mean of the values in a window that moves over volumes, for each channel.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or with "channels_first" `(batch, channels, depth, height,
/// width)`.
/// **Output**: `(batch, new_depth, new_height, new_width, channels)`, channels where the input has them. With "same" a
/// new size is `ceil(size / stride)`, with "valid" `(size - pool_size) / stride + 1`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window.
/// **See**: `keras.layers.AveragePooling3D`.
///
/// ```cpp
/// AveragePooling3D pool({2, 2, 2});   // half the size
/// ```
class AveragePooling3D : public Shared<AveragePooling3DLayer> {
 public:
  /// `pool_size`: size of the window.
  explicit AveragePooling3D(const SpatialSizes& pool_size, const PoolingOptions& options = {});
};

/// Body of AveragePooling3D.
class AveragePooling3DLayer : public BaseAveragePoolingLayer {
 public:
  AveragePooling3DLayer(const SpatialSizes& pool_size, const PoolingOptions& options)
      : BaseAveragePoolingLayer("AveragePooling3D", 3, pool_size, options) {}
};

}  // namespace cornu::layers
