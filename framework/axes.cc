#include "framework/axes.h"

#include <algorithm>
#include <numeric>

namespace cornu {

std::vector<std::int64_t> Axes::resolved(const Shape& shape) const {
  std::vector<std::int64_t> result;
  if (all()) {
    result.resize(static_cast<std::size_t>(shape.rank()));
    std::iota(result.begin(), result.end(), 0);
    return result;
  }
  for (std::int64_t axis : *axes_) result.push_back(shape.checked_axis(axis));
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace cornu
