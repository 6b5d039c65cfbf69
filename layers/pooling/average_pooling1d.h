#pragma once

#include "layers/pooling/base_pooling.h"

namespace cornu::layers {

class AveragePooling1DLayer;

/// The mean of the values in a window that moves over sequences, for each channel.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, new_steps, channels)`, channels where the input has them. With "same" a new size is
/// `ceil(size / stride)`, with "valid" `(size - pool_size) / stride + 1`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window.
/// **See**: `keras.layers.AveragePooling1D`.
///
/// ```cpp
/// AveragePooling1D pool(2);   // half the size
/// ```
class AveragePooling1D : public Shared<AveragePooling1DLayer> {
 public:
  /// `pool_size`: size of the window.
  explicit AveragePooling1D(const SpatialSizes& pool_size, const PoolingOptions& options = {});
};

/// Body of AveragePooling1D.
class AveragePooling1DLayer : public BaseAveragePoolingLayer {
 public:
  AveragePooling1DLayer(const SpatialSizes& pool_size, const PoolingOptions& options)
      : BaseAveragePoolingLayer("AveragePooling1D", 1, pool_size, options) {}
};

}  // namespace cornu::layers
