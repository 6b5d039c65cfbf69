#include "layers/convolutional/conv_arguments.h"

#include <algorithm>

#include "framework/error.h"
#include "layers/layer_title.h"

namespace cornu::layers {

void check_padding(const std::string& padding, const std::string& who, bool allow_causal) {
  if (padding == "valid" || padding == "same" || (allow_causal && padding == "causal")) return;
  throw InvalidArgument(who + ": padding must be " +
                            (allow_causal ? "\"valid\", \"same\" or \"causal\"" : "\"valid\" or \"same\"") +
                            "; got \"" + padding + "\"",
                        path_in_title(who));
}

void check_positive(std::int64_t value, const std::string& name, const std::string& who) {
  if (value < 1)
    throw InvalidArgument(who + ": " + name + " must be positive; got " + std::to_string(value), path_in_title(who));
}

void check_strides_or_dilation(const std::vector<std::int64_t>& strides, const std::vector<std::int64_t>& dilation_rate,
                               const std::string& who) {
  const auto steps = [](const std::vector<std::int64_t>& sizes) {
    return *std::max_element(sizes.begin(), sizes.end()) > 1;
  };
  if (!steps(strides) || !steps(dilation_rate)) return;
  throw InvalidArgument(who + ": strides > 1 are not supported in conjunction with dilation_rate > 1; got strides " +
                            Shape(strides).to_string() + " and dilation_rate " + Shape(dilation_rate).to_string(),
                        path_in_title(who));
}

std::int64_t known_channels(const Shape& input, const DataFormat& data_format, const std::string& who) {
  const std::int64_t channels = input[data_format.channel_axis()];
  if (channels == kUnknown) {
    throw ShapeError(who + ": the channel axis of the input (data_format \"" + data_format.name() +
                         "\") must have a known size; got " + input.to_string(),
                     path_in_title(who));
  }
  return channels;
}

void check_window_fits(const Shape& input, const DataFormat& data_format, const std::vector<std::int64_t>& kernel_size,
                       const std::vector<std::int64_t>& dilation_rate, const std::string& padding,
                       const std::string& who) {
  if (padding != "valid") return;
  const std::vector<std::int64_t> axes = data_format.spatial_axes(input.rank());
  for (std::size_t i = 0; i < kernel_size.size(); ++i) {
    const std::int64_t size = input[axes[i]];
    const std::int64_t extent = dilation_rate[i] * (kernel_size[i] - 1) + 1;
    if (size == kUnknown || size >= extent) continue;
    throw ShapeError(who + ": expected an input of at least " + std::to_string(extent) + " along axis " +
                         std::to_string(axes[i]) + ", the size of the window; got shape " + input.to_string() +
                         ". Use padding=\"same\", a smaller window, or a larger input",
                     path_in_title(who));
  }
}

Shape kernel_shape(const std::vector<std::int64_t>& window, std::int64_t channels, std::int64_t filters) {
  return Shape(window).concatenated({channels, filters});
}

}  // namespace cornu::layers
