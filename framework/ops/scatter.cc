#include "framework/ops/scatter.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/range.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/take.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

// Places among the first axes of `shape`, as numbers of rows of what is left when those axes are one.
struct Places {
  Tensor rows;  // (n,)
  Shape flat;   // (product of the first axes, b...)
};

Places flattened_places(const Tensor& indices, const Shape& shape, const char* who) {
  const bool fits = indices.rank() == 2 && indices.shape()[1] != kUnknown && indices.shape()[1] <= shape.rank();
  if (!fits || !shape.is_known()) {
    throw ShapeError(std::string(who) + ": expected indices of shape (n, k) with k of at most " +
                         std::to_string(shape.rank()) + ", into a known shape; got indices of shape " +
                         indices.shape().to_string() + " into " + shape.to_string(),
                     {}, who);
  }
  const std::int64_t depth = indices.shape()[1];
  const std::vector<std::int64_t> strides = row_major_strides(shape.slice(0, depth));
  Tensor rows = Tensor::copy({std::int64_t{0}}, {1});
  for (std::int64_t k = 0; k < depth; ++k) {
    const std::int64_t size = shape[k];
    const Tensor index = cast(squeeze(slice_position(indices, 1, k), 1), DType::kInt64);
    const Tensor position = clip(where(less(index, 0), index + size, index), 0, size - 1);
    rows = rows + position * strides[static_cast<std::size_t>(k)];
  }
  const Shape rest = shape.slice(depth);
  return {rows, Shape{shape.slice(0, depth).num_elements()}.concatenated(rest)};
}

}  // namespace

Tensor scatter(const Tensor& indices, const Tensor& values, const Shape& shape) {
  const Places places = flattened_places(indices, shape, "scatter");
  return reshape(index_add(values, places.rows, 0, places.flat[0]), shape);
}

Tensor scatter_update(const Tensor& x, const Tensor& indices, const Tensor& updates) {
  const Places places = flattened_places(indices, x.shape(), "scatter_update");
  return reshape(index_update(reshape(x, places.flat), places.rows, updates), x.shape());
}

Tensor segment_sum(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments) {
  // What belongs to no segment goes into one more, which is cut off.
  const Tensor outside = logical_or(less(segment_ids, 0), greater_equal(segment_ids, num_segments));
  const Tensor rows = where(outside, num_segments, segment_ids);
  return slice_axis(index_add(data, rows, 0, num_segments + 1), 0, 0, num_segments);
}

Tensor segment_max(const Tensor& data, const Tensor& segment_ids, std::int64_t num_segments) {
  // (num_segments, n, 1...)
  Shape across{1, kUnknown};
  Shape along{num_segments, 1};
  for (std::int64_t i = 1; i < data.rank(); ++i) {
    across.push_back(1);
    along.push_back(1);
  }
  const Tensor member =
      equal(reshape(segment_ids, across), reshape(cast(arange(0, num_segments), segment_ids.dtype()), along));
  const Tensor least = max(slice_axis(data, 0, 0, 0), {.axis = 0});
  return max(where(member, expand_dims(data, 0), least), {.axis = 1});
}

}  // namespace cornu::ops
