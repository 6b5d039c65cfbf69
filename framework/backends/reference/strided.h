#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/shape.h"

namespace cornu::reference {

/// How to find, from a row-major position in `shape`, the place of the same element in another operand: a stride in
/// elements for each axis of `shape`, 0 along axes that the other operand does not have or repeats.
struct StridedView {
  Shape shape;
  std::vector<std::int64_t> strides;

  std::int64_t offset_of(std::int64_t position) const {
    std::int64_t offset = 0;
    for (std::size_t axis = strides.size(); axis-- > 0;) {
      const std::int64_t size = shape.dims()[axis];
      offset += position % size * strides[axis];
      position /= size;
    }
    return offset;
  }
};

/// The view of an operand of shape `from` that broadcasts to `to`.
inline StridedView broadcast_view(const Shape& from, const Shape& to) {
  StridedView view{to, std::vector<std::int64_t>(static_cast<std::size_t>(to.rank()), 0)};
  const std::vector<std::int64_t> own = row_major_strides(from);
  const auto added = static_cast<std::size_t>(to.rank() - from.rank());
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (from.dims()[i] != 1) view.strides[added + i] = own[i];
  }
  return view;
}

}  // namespace cornu::reference
