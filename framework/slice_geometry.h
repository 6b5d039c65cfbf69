#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "framework/attributes.h"
#include "framework/shape.h"

namespace cornu {

/// In place of the begin or the end of a slice: as far as the axis goes.
inline constexpr std::int64_t kOpen = std::numeric_limits<std::int64_t>::min();

/// The elements `first, first + step, ...` of an axis, `count` of them.
struct SliceRange {
  std::int64_t first = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// Python's `begin:end:step` on an axis of that size: negative positions count from the end, positions outside are
/// moved to the edge. The step is not 0.
SliceRange resolve_slice(std::int64_t size, std::int64_t begin, std::int64_t end, std::int64_t step);

/// The ranges of a slice of a tensor of known shape, from the attributes `begin`, `end` and `strides`.
std::vector<SliceRange> resolve_slices(const Shape& shape, const Attributes& attributes);

}  // namespace cornu
