#pragma once

#include "layers/convolutional/base_separable_conv.h"

namespace cornu::layers {

class SeparableConv1DLayer;

/// A convolution over one axis in two cheap steps: one for each channel, then one of size 1 that mixes the channels.
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, new_steps, filters)`, channels where the input has them.
/// **Weights**: depthwise_kernel `(kernel_size..., channels, depth_multiplier)`, pointwise_kernel
/// `(1..., channels * depth_multiplier, filters)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: Chollet (2017);
/// `keras.layers.SeparableConv1D`.
///
/// ```cpp
/// SeparableConv1D conv(64, 3, {.padding = "same", .activation = "relu"});
/// ```
class SeparableConv1D : public Shared<SeparableConv1DLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  SeparableConv1D(std::int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options = {});
};

/// Body of SeparableConv1D.
class SeparableConv1DLayer : public BaseSeparableConvLayer {
 public:
  SeparableConv1DLayer(std::int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options)
      : BaseSeparableConvLayer("SeparableConv1D", 1, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
