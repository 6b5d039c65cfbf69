#pragma once

#include "layers/convolutional/base_depthwise_conv.h"

namespace cornu::layers {

class DepthwiseConv1DLayer;

/// One convolution over one axis for each channel: the first half of a separable convolution.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, new_steps, channels * depth_multiplier)`, channels where the input has them.
/// **Weights**: kernel `(kernel_size..., channels, depth_multiplier)`, bias `(channels * depth_multiplier,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: `keras.layers.DepthwiseConv1D`.
///
/// ```cpp
/// DepthwiseConv1D depthwise(3, {.padding = "same", .depth_multiplier = 2});
/// ```
class DepthwiseConv1D : public Shared<DepthwiseConv1DLayer> {
 public:
  /// `kernel_size`: size of the window.
  explicit DepthwiseConv1D(const SpatialSizes& kernel_size, const DepthwiseConvOptions& options = {});
};

/// Body of DepthwiseConv1D.
class DepthwiseConv1DLayer : public BaseDepthwiseConvLayer {
 public:
  DepthwiseConv1DLayer(const SpatialSizes& kernel_size, const DepthwiseConvOptions& options)
      : BaseDepthwiseConvLayer("DepthwiseConv1D", 1, kernel_size, options) {}
};

}  // namespace cornu::layers
