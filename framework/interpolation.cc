#include "framework/interpolation.h"

#include <algorithm>
#include <cmath>

#include "framework/error.h"

namespace cornu {
namespace {

// All positions are computed in float32, as TensorFlow does: half way between two pixels the rounding decides.

InterpolationTaps nearest(float center, std::int64_t input) {
  InterpolationTaps taps;
  taps.positions[0] = std::min(static_cast<std::int64_t>(std::floor(center)), input - 1);
  taps.weights[0] = 1.0F;
  return taps;
}

InterpolationTaps bilinear(float place, std::int64_t input) {
  const float lower = std::floor(place);
  InterpolationTaps taps;
  taps.positions[0] = std::max<std::int64_t>(static_cast<std::int64_t>(lower), 0);
  taps.positions[1] = std::min(static_cast<std::int64_t>(std::ceil(place)), input - 1);
  taps.weights[1] = place - lower;
  taps.weights[0] = 1.0F - taps.weights[1];
  return taps;
}

// Keys' kernel with a = -1/2 at a distance below 1, and from 1 to 2.
float keys_near(float x) { return (1.5F * x - 2.5F) * x * x + 1.0F; }
float keys_far(float x) { return ((-0.5F * x + 2.5F) * x - 4.0F) * x + 2.0F; }

// Pixels outside the image weigh nothing, and the others the more. Distances are rounded to 1/1024, the resolution of
// TensorFlow's table.
InterpolationTaps bicubic(float place, std::int64_t input) {
  constexpr float kResolution = 1024.0F;
  const float lower = std::floor(place);
  const float distance = std::nearbyint((place - lower) * kResolution) / kResolution;
  InterpolationTaps taps;
  taps.weights = {keys_far(1.0F + distance), keys_near(distance), keys_near(1.0F - distance),
                  keys_far(2.0F - distance)};
  float total = 0.0F;
  for (std::size_t k = 0; k < 4; ++k) {
    const std::int64_t position = static_cast<std::int64_t>(lower) - 1 + static_cast<std::int64_t>(k);
    taps.positions[k] = std::clamp<std::int64_t>(position, 0, input - 1);
    if (taps.positions[k] != position) taps.weights[k] = 0.0F;
    total += taps.weights[k];
  }
  for (float& weight : taps.weights) weight /= total;
  return taps;
}

}  // namespace

AxisInterpolation interpolate_axis(const std::string& method, std::int64_t input, std::int64_t output) {
  const bool is_nearest = method == "nearest", is_bilinear = method == "bilinear";
  if (!is_nearest && !is_bilinear && method != "bicubic") {
    throw InvalidArgument(
        "resize: interpolation must be \"nearest\", \"bilinear\" or \"bicubic\"; got \"" + method + "\"", {}, "resize");
  }
  AxisInterpolation axis{input, is_nearest ? 1 : is_bilinear ? 2 : 4, {}};
  const float scale = static_cast<float>(input) / static_cast<float>(output);
  for (std::int64_t i = 0; i < output; ++i) {
    const float center = (static_cast<float>(i) + 0.5F) * scale;
    axis.taps.push_back(is_nearest    ? nearest(center, input)
                        : is_bilinear ? bilinear(center - 0.5F, input)
                                      : bicubic(center - 0.5F, input));
  }
  return axis;
}

}  // namespace cornu
