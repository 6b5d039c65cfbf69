#pragma once

#include "layers/convolutional/base_conv_transpose.h"

namespace cornu::layers {

class Conv2DTransposeLayer;

/// Transposed convolution over two axes, also called deconvolution: the gradient of a convolution for its input, made a
/// layer.
///
/// Enlarges images, as decoders and generators do; `conv` with the same arguments leads back to the size.
///
/// **Inputs**: `(batch, height, width, channels)`, or with "channels_first" `(batch, channels, height, width)`.
/// **Output**: `(batch, new_height, new_width, filters)`, channels where the input has them; sizes as said at
/// `ConvTransposeOptions`.
/// **Weights**: kernel `(kernel_size..., filters, channels)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for another number of channels than at
/// first.
/// **See**: Dumoulin and Visin (2016); `keras.layers.Conv2DTranspose`.
///
/// ```cpp
/// Conv2DTranspose up(16, {3, 3}, {.strides = 2, .padding = "same"});   // twice the size
/// ```
class Conv2DTranspose : public Shared<Conv2DTransposeLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  Conv2DTranspose(std::int64_t filters, const SpatialSizes& kernel_size, const ConvTransposeOptions& options = {});
};

/// Body of Conv2DTranspose.
class Conv2DTransposeLayer : public BaseConvTransposeLayer {
 public:
  Conv2DTransposeLayer(std::int64_t filters, const SpatialSizes& kernel_size, const ConvTransposeOptions& options)
      : BaseConvTransposeLayer("Conv2DTranspose", 2, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
