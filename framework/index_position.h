#pragma once

#include <algorithm>
#include <cstdint>

namespace cornu {

/// Where an index of `take` and its relatives points, on an axis of at least one entry: negative ones count from the
/// end, those outside are moved to the nearest entry.
inline std::int64_t index_position(std::int64_t index, std::int64_t size) {
  return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size - 1);
}

}  // namespace cornu
