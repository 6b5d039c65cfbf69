#include "framework/window_geometry.h"

#include <algorithm>

#include "framework/error.h"

namespace cornu {

std::vector<std::int64_t> spatial_sizes(const Shape& shape) { return shape.slice(1, -1).dims(); }

WindowGeometry window_geometry(const std::vector<std::int64_t>& input, const std::vector<std::int64_t>& window,
                               const Attributes& attributes, const std::string& who) {
  WindowGeometry geometry{.input = input,
                          .window = window,
                          .strides = attributes.integers("strides"),
                          .dilation = attributes.integers("dilation"),
                          .before = {},
                          .after = {},
                          .output = {}};
  const std::string& padding = attributes.string("padding");
  for (std::size_t i = 0; i < input.size(); ++i) {
    const std::int64_t extent = geometry.dilation[i] * (window[i] - 1) + 1;
    const std::int64_t stride = geometry.strides[i];
    std::int64_t before = 0;
    std::int64_t after = 0;
    if (padding == "explicit") {
      before = attributes.integers("pads")[i];
      after = attributes.integers("pads")[i + input.size()];
    } else if (padding == "same" && input[i] != kUnknown) {
      const std::int64_t steps = (input[i] + stride - 1) / stride;
      const std::int64_t total = std::max<std::int64_t>((steps - 1) * stride + extent - input[i], 0);
      before = total / 2;
      after = total - before;
    }
    geometry.before.push_back(before);
    geometry.after.push_back(after);
    if (input[i] == kUnknown) {
      geometry.output.push_back(kUnknown);
      continue;
    }
    const std::int64_t room = input[i] + before + after - extent;
    if (room < 0 && input[i] > 0) {
      throw ShapeError(who + ": a window of size " + std::to_string(extent) + " does not fit into size " +
                           std::to_string(input[i] + before + after) + " of spatial axis " + std::to_string(i) +
                           "; use padding=\"same\", a smaller window, or a larger input",
                       {}, who);
    }
    geometry.output.push_back(room < 0 ? 0 : room / stride + 1);
  }
  return geometry;
}

}  // namespace cornu
