#pragma once

#include "layers/convolutional/base_conv_transpose.h"

namespace cornu::layers {

class Conv1DTransposeLayer;

/// Transposed convolution over one axis, also called deconvolution: the gradient of a convolution for its input, made a
/// layer.
///
/// Enlarges sequences such as sound, text or measurements, as decoders and generators do; `conv` with the same
/// arguments leads back to the size.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, new_steps, filters)`, channels where the input has them; sizes as said at
/// `ConvTransposeOptions`.
/// **Weights**: kernel `(kernel_size..., filters, channels)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for another number of channels than at
/// first.
/// **See**: Dumoulin and Visin (2016); `keras.layers.Conv1DTranspose`.
///
/// ```cpp
/// Conv1DTranspose up(16, 3, {.strides = 2, .padding = "same"});   // twice the size
/// ```
class Conv1DTranspose : public Shared<Conv1DTransposeLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  Conv1DTranspose(std::int64_t filters, const SpatialSizes& kernel_size, const ConvTransposeOptions& options = {});
};

/// Body of Conv1DTranspose.
class Conv1DTransposeLayer : public BaseConvTransposeLayer {
 public:
  Conv1DTransposeLayer(std::int64_t filters, const SpatialSizes& kernel_size, const ConvTransposeOptions& options)
      : BaseConvTransposeLayer("Conv1DTranspose", 1, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
