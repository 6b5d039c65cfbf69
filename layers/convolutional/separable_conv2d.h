#pragma once

#include "layers/convolutional/base_separable_conv.h"

namespace cornu::layers {

class SeparableConv2DLayer;

/// A convolution over two axes in two cheap steps: one for each channel, then one of size 1 that mixes the channels.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, new_height, new_width, filters)`, channels where the input has them.
/// **Weights**: depthwise_kernel `(kernel_size..., channels, depth_multiplier)`, pointwise_kernel
/// `(1..., channels * depth_multiplier, filters)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: Chollet (2017);
/// `keras.layers.SeparableConv2D`.
///
/// ```cpp
/// SeparableConv2D conv(64, {3, 3}, {.padding = "same", .activation = "relu"});
/// ```
class SeparableConv2D : public Shared<SeparableConv2DLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  SeparableConv2D(std::int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options = {});
};

/// Body of SeparableConv2D.
class SeparableConv2DLayer : public BaseSeparableConvLayer {
 public:
  SeparableConv2DLayer(std::int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options)
      : BaseSeparableConvLayer("SeparableConv2D", 2, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
