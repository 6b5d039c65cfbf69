#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// Python's `start:stop:step`; what is left out reaches as far as the axis goes.
struct Slice {
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> stop = {};
  std::int64_t step = 1;
};

/// Python's `...`: all axes that the other indices leave over.
struct Ellipsis {};
/// NumPy's `newaxis`: an axis of size 1.
struct NewAxis {};

/// One entry of the index of `get_item`: a position, a slice, an ellipsis, a new axis, or a tensor of integers.
using Index = std::variant<std::int64_t, Slice, Ellipsis, NewAxis, Tensor>;

/// Python's `x[indices...]`.
///
/// A position drops its axis; -1 is the last. Of tensors of integers there may be one, which `take` reads.
/// **Throws** InvalidArgument for more than one ellipsis or tensor, or more indices than axes; ShapeError for a
/// position outside its axis. **See**: `keras.src.ops.numpy.GetItem`.
/// ```cpp
/// Tensor last = ops::get_item(x, {ops::Ellipsis(), -1});              // x[..., -1]
/// Tensor middle = ops::get_item(x, {ops::Slice(), ops::Slice{1, -1}}); // x[:, 1:-1]
/// ```
Tensor get_item(const Tensor& x, const std::vector<Index>& indices);

}  // namespace cornu::ops
