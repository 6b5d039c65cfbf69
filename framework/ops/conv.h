#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// Settings of a convolution over 1, 2 or 3 spatial axes. A vector with one entry serves all axes; empty means 1.
struct ConvOptions {
  std::vector<std::int64_t> strides = {};
  std::string padding = "valid";  ///< "valid", "same", or "explicit"
  std::vector<std::int64_t> dilation_rate = {};
  std::int64_t groups = 1;              ///< channels are split into so many independent convolutions
  std::vector<std::int64_t> pads = {};  ///< with "explicit": all sizes before, then all sizes after
};

/// Convolution (cross-correlation, as everywhere in deep learning).
///
/// **Inputs**: x `(batch, spatial..., channels)`, kernel `(window..., channels / groups, filters)`.
/// **Output**: `(batch, new spatial..., filters)`. **Throws** ShapeError, InvalidArgument. **See**: `keras.ops.conv`.
Tensor conv(const Tensor& x, const Tensor& kernel, const ConvOptions& options = {});

/// The gradient of `conv` for its input, which is also the transposed convolution.
///
/// **Inputs**: y `(batch, new spatial..., filters)`, kernel as above; `input_size` is the spatial size of the result.
/// **Output**: `(batch, input_size..., channels)`. **See**: `keras.ops.conv_transpose`.
Tensor conv_input_gradient(const Tensor& y, const Tensor& kernel, const std::vector<std::int64_t>& input_size,
                           const ConvOptions& options = {});

/// The gradient of `conv` for its kernel, of that window. **Output**: `(window..., channels / groups, filters)`.
Tensor conv_kernel_gradient(const Tensor& x, const Tensor& y, const std::vector<std::int64_t>& window,
                            const ConvOptions& options = {});

/// One convolution per channel. **Inputs**: x `(batch, spatial..., channels)`, kernel `(window..., channels,
/// multiplier)`.
/// **Output**: `(batch, new spatial..., channels * multiplier)`. **See**: `keras.ops.depthwise_conv`.
Tensor depthwise_conv(const Tensor& x, const Tensor& kernel, const ConvOptions& options = {});

}  // namespace cornu::ops
