#pragma once

#include "layers/pooling/base_pooling.h"

namespace cornu::layers {

class MaxPooling1DLayer;

/// The greatest value in a window that moves over sequences, for each channel.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, new_steps, channels)`, channels where the input has them. With "same" a new size is
/// `ceil(size / stride)`, with "valid" `(size - pool_size) / stride + 1`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window.
/// **See**: `keras.layers.MaxPooling1D`.
///
/// ```cpp
/// MaxPooling1D pool(2);   // half the size
/// ```
class MaxPooling1D : public Shared<MaxPooling1DLayer> {
 public:
  /// `pool_size`: size of the window; 2 by default.
  explicit MaxPooling1D(const SpatialSizes& pool_size = 2, const PoolingOptions& options = {});
};

/// Body of MaxPooling1D.
class MaxPooling1DLayer : public BaseMaxPoolingLayer {
 public:
  MaxPooling1DLayer(const SpatialSizes& pool_size, const PoolingOptions& options)
      : BaseMaxPoolingLayer("MaxPooling1D", 1, pool_size, options) {}
};

}  // namespace cornu::layers
