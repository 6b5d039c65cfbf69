#include "framework/ops/get_item.h"

#include <algorithm>
#include <string>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/take.h"

namespace cornu::ops {
namespace {

template <typename T> std::int64_t count_of(const std::vector<Index>& indices) {
  return std::count_if(indices.begin(), indices.end(),
                       [](const Index& index) { return std::holds_alternative<T>(index); });
}

// How many axes of x the ellipsis stands for, after checking that the indices fit.
std::int64_t axes_of_ellipsis(const Tensor& x, const std::vector<Index>& indices) {
  const std::int64_t ellipses = count_of<Ellipsis>(indices);
  const auto used = static_cast<std::int64_t>(indices.size()) - ellipses - count_of<NewAxis>(indices);
  if (ellipses > 1 || count_of<Tensor>(indices) > 1) {
    throw InvalidArgument("get_item: expected at most one ellipsis and one tensor among the indices", {}, "get_item");
  }
  if (used > x.rank()) {
    throw InvalidArgument("get_item: expected at most " + std::to_string(x.rank()) + " indices for shape " +
                              x.shape().to_string() + "; got " + std::to_string(used),
                          {}, "get_item");
  }
  return x.rank() - used;
}

}  // namespace

Tensor get_item(const Tensor& x, const std::vector<Index>& indices) {
  const std::int64_t skipped = axes_of_ellipsis(x, indices);
  Tensor y = x.strong();
  std::int64_t axis = 0;
  for (const Index& index : indices) {
    if (std::holds_alternative<Ellipsis>(index)) {
      axis += skipped;
    } else if (std::holds_alternative<NewAxis>(index)) {
      y = expand_dims(y, axis++);
    } else if (const auto* slice = std::get_if<Slice>(&index)) {
      y = slice_axis(y, axis++, slice->start.value_or(kOpen), slice->stop.value_or(kOpen), slice->step);
    } else if (const auto* position = std::get_if<std::int64_t>(&index)) {
      y = squeeze(slice_position(y, axis, *position), axis);
    } else {
      const Tensor& entries = std::get<Tensor>(index);
      y = take(y, entries, axis);
      axis += entries.rank();
    }
  }
  return y;
}

}  // namespace cornu::ops
