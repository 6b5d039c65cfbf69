#include "framework/slice_geometry.h"

#include <algorithm>

namespace cornu {

SliceRange resolve_slice(std::int64_t size, std::int64_t begin, std::int64_t end, std::int64_t step) {
  const bool forward = step > 0;
  // Going backwards the range may end before element 0, so there the limits lie one lower.
  const std::int64_t lowest = forward ? 0 : -1;
  const std::int64_t highest = forward ? size : size - 1;
  const auto position = [&](std::int64_t value, std::int64_t open) {
    if (value == kOpen) return open;
    return std::clamp(value < 0 ? value + size : value, lowest, highest);
  };
  const std::int64_t first = position(begin, forward ? lowest : highest);
  const std::int64_t last = position(end, forward ? highest : lowest);
  const std::int64_t distance = forward ? last - first : first - last;
  const std::int64_t stride = forward ? step : -step;
  return {first, step, distance > 0 ? (distance + stride - 1) / stride : 0};
}

std::vector<SliceRange> resolve_slices(const Shape& shape, const Attributes& attributes) {
  const auto& begin = attributes.integers("begin");
  const auto& end = attributes.integers("end");
  const auto& strides = attributes.integers("strides");
  std::vector<SliceRange> ranges;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    ranges.push_back(resolve_slice(shape.dims()[i], begin[i], end[i], strides[i]));
  }
  return ranges;
}

}  // namespace cornu
