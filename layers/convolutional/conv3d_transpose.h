#pragma once

#include "layers/convolutional/base_conv_transpose.h"

namespace cornu::layers {

class Conv3DTransposeLayer;

/// Transposed convolution over three axes, also called deconvolution: the gradient of a convolution for its input, made
/// a layer.
///
/// Enlarges volumes and video, as decoders and generators do; `conv` with the same arguments leads back to the size.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or with "channels_first" `(batch, channels, depth, height,
/// width)`.
/// **Output**: `(batch, new_depth, new_height, new_width, filters)`, channels where the input has them; sizes as said
/// at `ConvTransposeOptions`.
/// **Weights**: kernel `(kernel_size..., filters, channels)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for another number of channels than at
/// first.
/// **See**: Dumoulin and Visin (2016); `keras.layers.Conv3DTranspose`.
///
/// ```cpp
/// Conv3DTranspose up(16, {3, 3, 3}, {.strides = 2, .padding = "same"});   // twice the size
/// ```
class Conv3DTranspose : public Shared<Conv3DTransposeLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  Conv3DTranspose(std::int64_t filters, const SpatialSizes& kernel_size, const ConvTransposeOptions& options = {});
};

/// Body of Conv3DTranspose.
class Conv3DTransposeLayer : public BaseConvTransposeLayer {
 public:
  Conv3DTransposeLayer(std::int64_t filters, const SpatialSizes& kernel_size, const ConvTransposeOptions& options)
      : BaseConvTransposeLayer("Conv3DTranspose", 3, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
