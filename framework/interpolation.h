#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace cornu {

/// Where one element of a resized axis comes from: positions of the original axis and their weights, which add up to 1.
struct InterpolationTaps {
  std::array<std::int64_t, 4> positions = {};
  std::array<float, 4> weights = {};
};

/// How an axis of `input` elements becomes one of `output`, by "nearest" (1 tap), "bilinear" (2) or "bicubic" (4);
/// centres of pixels lie at halves, nothing is smoothed before, as in TensorFlow's `tf.image.resize`.
struct AxisInterpolation {
  std::int64_t input = 0;
  int num_taps = 0;
  std::vector<InterpolationTaps> taps;  ///< one for each element of the output
};

/// **Throws** InvalidArgument for another method.
AxisInterpolation interpolate_axis(const std::string& method, std::int64_t input, std::int64_t output);

}  // namespace cornu
