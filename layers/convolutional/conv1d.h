#pragma once

#include "layers/convolutional/base_conv.h"

namespace cornu::layers {

class Conv1DLayer;

/// Convolution over one axis: `activation(conv(x, kernel) + bias)`, for sequences such as sound, text or measurements.
/// With padding "causal" an output does not depend on later inputs (van den Oord et al., 2016, section 2.1).
///
/// **Inputs**: `(batch, steps, channels)`, or with "channels_first" `(batch, channels, steps)`.
/// **Output**: `(batch, new_steps, filters)`, channels where the input has them. With "same" a new size is `ceil(size /
/// stride)`, with "valid" `(size - dilation * (kernel_size - 1) - 1) / stride + 1`.
/// **Weights**: kernel `(kernel_size..., channels / groups, filters)`, bias `(filters,)`.
/// **Throws** InvalidArgument for arguments outside their range, ShapeError for an input that is smaller than the
/// window or has another number of channels than the first one. **See**: `keras.layers.Conv1D`.
///
/// ```cpp
/// Conv1D conv(32, 3, {.padding = "same", .activation = "relu"});
/// Tensor features = conv(x);
/// ```
class Conv1D : public Shared<Conv1DLayer> {
 public:
  /// `filters`: number of output channels; `kernel_size`: size of the window.
  Conv1D(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};

/// Body of Conv1D.
class Conv1DLayer : public BaseConvLayer {
 public:
  Conv1DLayer(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
      : BaseConvLayer("Conv1D", 1, filters, kernel_size, options) {}
};

}  // namespace cornu::layers
