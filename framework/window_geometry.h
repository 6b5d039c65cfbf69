#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/attributes.h"
#include "framework/shape.h"

namespace cornu {

/// How a window moves over the spatial axes of a channels-last tensor: shared by convolutions and pooling.
///
/// Attributes: "strides" and "dilation" one number an axis; "padding" is "valid", "same", or "explicit" with "pads",
/// all the sizes before and then all the sizes after.
struct WindowGeometry {
  std::vector<std::int64_t> input;   ///< spatial sizes of the input
  std::vector<std::int64_t> window;  ///< sizes of the window, not dilated
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilation;
  std::vector<std::int64_t> before;  ///< zeros before each axis
  std::vector<std::int64_t> after;   ///< zeros after each axis
  std::vector<std::int64_t> output;  ///< spatial sizes of the output

  std::size_t rank() const { return input.size(); }
};

/// The geometry over an input of that shape `(batch, spatial..., channels)`; unknown sizes stay unknown.
/// "same" pads as Keras does: `max((ceil(n / s) - 1) s + d (k - 1) + 1 - n, 0)` in all, the smaller half before.
/// **Throws** ShapeError, in the name of `who`, when the window does not fit into the padded input.
WindowGeometry window_geometry(const std::vector<std::int64_t>& input, const std::vector<std::int64_t>& window,
                               const Attributes& attributes, const std::string& who);

/// Sizes of the spatial axes of `(batch, spatial..., channels)`.
std::vector<std::int64_t> spatial_sizes(const Shape& shape);

}  // namespace cornu
