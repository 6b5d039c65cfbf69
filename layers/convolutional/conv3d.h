#pragma once

#include "layers/convolutional/base_conv.h"

namespace cornu::layers {

class Conv3DLayer;

/// Convolution over three axes: `activation(conv(x, kernel) + bias)`, for volumes and video.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or with "channels_first" `(batch, channels, depth, height,
/// width)`.
/// **Output**: `(batch, new_depth, new_height, new_width, filters)`, channels where the input has them. With "same" a
/// new size is `ceil(size / stride)`, with "valid" `(size - dilation * (kernel_size - 1) - 1) / stride + 1`.
/// **Weights**: kernel `(kernel_size..., channels / groups, filters)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: `keras.layers.Conv3D`.
///
/// ```cpp
/// Conv3D conv(32, {3, 3, 3}, {.padding = "same", .activation = "relu"});
/// Tensor features = conv(x);
/// ```
class Conv3D : public Shared<Conv3DLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  Conv3D(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};

/// Body of Conv3D.
class Conv3DLayer : public BaseConvLayer {
 public:
  Conv3DLayer(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
      : BaseConvLayer("Conv3D", 3, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
