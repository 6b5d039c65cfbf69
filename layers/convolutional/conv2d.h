#pragma once

#include "layers/convolutional/base_conv.h"

namespace cornu::layers {

class Conv2DLayer;

/// Convolution over two axes: `activation(conv(x, kernel) + bias)`, for images.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, new_height, new_width, filters)`, channels where the input has them. With "same" a new size is
/// `ceil(size / stride)`, with "valid" `(size - dilation * (kernel_size - 1) - 1) / stride + 1`.
/// **Weights**: kernel `(kernel_size..., channels / groups, filters)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: `keras.layers.Conv2D`.
///
/// ```cpp
/// Conv2D conv(32, {3, 3}, {.padding = "same", .activation = "relu"});
/// Tensor features = conv(x);
/// ```
class Conv2D : public Shared<Conv2DLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  Conv2D(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};

/// Body of Conv2D.
class Conv2DLayer : public BaseConvLayer {
 public:
  Conv2DLayer(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
      : BaseConvLayer("Conv2D", 2, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
