#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/data_format.h"
#include "layers/layer.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// The checks and conversions of arguments that all families of convolutions share; `who` names the layer in messages.

/// **Throws** InvalidArgument unless `padding` is "valid", "same" or, where it is allowed, "causal".
void check_padding(const std::string& padding, const std::string& who, bool allow_causal = false);

/// **Throws** InvalidArgument when an argument that counts something is not positive.
void check_positive(std::int64_t value, const std::string& name, const std::string& who);

/// **Throws** InvalidArgument when both go in steps.
void check_strides_or_dilation(const std::vector<std::int64_t>& strides, const std::vector<std::int64_t>& dilation_rate,
                               const std::string& who);

/// The number of channels of the input. **Throws** ShapeError when it is unknown.
std::int64_t known_channels(const Shape& input, const DataFormat& data_format, const std::string& who);

/// **Throws** ShapeError when a window without padding is larger than the input.
void check_window_fits(const Shape& input, const DataFormat& data_format, const std::vector<std::int64_t>& kernel_size,
                       const std::vector<std::int64_t>& dilation_rate, const std::string& padding,
                       const std::string& who);

/// `(window..., channels, filters)`
Shape kernel_shape(const std::vector<std::int64_t>& window, std::int64_t channels, std::int64_t filters);

}  // namespace cornu::layers
