#pragma once

#include "layers/convolutional/base_depthwise_conv.h"

namespace cornu::layers {

class DepthwiseConv2DLayer;

/// One convolution over two axes for each channel: the first half of a separable convolution.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, new_height, new_width, channels * depth_multiplier)`, channels where the input has them.
/// **Weights**: kernel `(kernel_size..., channels, depth_multiplier)`, bias `(channels * depth_multiplier,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: `keras.layers.DepthwiseConv2D`.
///
/// ```cpp
/// DepthwiseConv2D depthwise({3, 3}, {.padding = "same", .depth_multiplier = 2});
/// ```
class DepthwiseConv2D : public Shared<DepthwiseConv2DLayer> {
 public:
  /// `kernel_size`: size of the window.
  explicit DepthwiseConv2D(const SpatialSizes& kernel_size, const DepthwiseConvOptions& options = {});
};

/// Body of DepthwiseConv2D.
class DepthwiseConv2DLayer : public BaseDepthwiseConvLayer {
 public:
  DepthwiseConv2DLayer(const SpatialSizes& kernel_size, const DepthwiseConvOptions& options)
      : BaseDepthwiseConvLayer("DepthwiseConv2D", 2, kernel_size, options) {}
};

}  // namespace cornu::layers
