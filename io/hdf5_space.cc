#include "io/hdf5_space.h"

#include <hdf5.h>

#include <limits>
#include <vector>

namespace cornu::io {

std::optional<Shape> shape_of(Hdf5Handle::Id space) {
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0) return std::nullopt;
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
  if (rank > 0 && H5Sget_simple_extent_dims(space, sizes.data(), nullptr) < 0) return std::nullopt;
  Shape shape;
  for (const hsize_t size : sizes) {
    if (size > static_cast<hsize_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

Hdf5Handle space_of(const Shape& shape) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  std::vector<hsize_t> sizes;
  for (const std::int64_t dim : shape) sizes.push_back(static_cast<hsize_t>(dim));
  return {H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose};
}

}  // namespace cornu::io
