#pragma once

#include <cstdint>
#include <vector>

#include "framework/shape.h"

namespace cornu::reference {

/// Calls `f(index)` for every index of a tensor of that shape, in row-major order.
template <typename F> void for_each_index(const Shape& shape, F&& f) {
  const std::int64_t count = shape.num_elements();
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()), 0);
  for (std::int64_t k = 0; k < count; ++k) {
    f(static_cast<const std::vector<std::int64_t>&>(index));
    for (std::int64_t axis = shape.rank() - 1; axis >= 0; --axis) {
      std::int64_t& i = index[static_cast<std::size_t>(axis)];
      if (++i < shape[axis]) break;
      i = 0;
    }
  }
}

/// Where the element of that index lies: `sum(index * strides)`.
inline std::int64_t offset_of(const std::vector<std::int64_t>& index, const std::vector<std::int64_t>& strides) {
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < index.size(); ++i) offset += index[i] * strides[i];
  return offset;
}

}  // namespace cornu::reference
