#include "framework/ops/move_axes.h"

#include <numeric>

#include "framework/error.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {

Tensor swapaxes(const Tensor& x, std::int64_t axis1, std::int64_t axis2) {
  std::vector<std::int64_t> permutation(static_cast<std::size_t>(x.rank()));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::swap(permutation[static_cast<std::size_t>(x.shape().checked_axis(axis1))],
            permutation[static_cast<std::size_t>(x.shape().checked_axis(axis2))]);
  return transpose(x, std::move(permutation));
}

Tensor moveaxis(const Tensor& x, const std::vector<std::int64_t>& source,
                const std::vector<std::int64_t>& destination) {
  const auto rank = static_cast<std::size_t>(x.rank());
  // The place that an axis moves to, and the axis that a place gets; -1 where that is open.
  std::vector<std::int64_t> place(rank, -1), permutation(rank, -1);
  bool fits = source.size() == destination.size();
  for (std::size_t i = 0; fits && i < source.size(); ++i) {
    const std::int64_t from = x.shape().checked_axis(source[i]);
    const std::int64_t to = x.shape().checked_axis(destination[i]);
    fits = place[static_cast<std::size_t>(from)] < 0 && permutation[static_cast<std::size_t>(to)] < 0;
    place[static_cast<std::size_t>(from)] = to;
    permutation[static_cast<std::size_t>(to)] = from;
  }
  if (!fits) {
    throw InvalidArgument("moveaxis: expected as many sources as destinations, each axis once; got " +
                              std::to_string(source.size()) + " and " + std::to_string(destination.size()) +
                              " for shape " + x.shape().to_string(),
                          {}, "moveaxis");
  }
  std::size_t next = 0;
  for (std::int64_t& axis : permutation) {
    if (axis >= 0) continue;
    while (place[next] >= 0) ++next;
    axis = static_cast<std::int64_t>(next++);
  }
  return rank == 0 ? x.strong() : transpose(x, std::move(permutation));
}

Tensor moveaxis(const Tensor& x, std::int64_t source, std::int64_t destination) {
  return moveaxis(x, std::vector<std::int64_t>{source}, std::vector<std::int64_t>{destination});
}

Tensor ravel(const Tensor& x) { return reshape(x, {kUnknown}); }

}  // namespace cornu::ops
