#pragma once

#include <optional>

#include "framework/shape.h"
#include "io/hdf5_session.h"

namespace cornu::io {

/// The shape of an HDF5 dataspace; nothing for one without a shape (h5py's `Empty`) or with sizes beyond int64.
std::optional<Shape> shape_of(Hdf5Handle::Id space);

/// A dataspace of fixed size; a scalar one for rank 0.
Hdf5Handle space_of(const Shape& shape);

}  // namespace cornu::io
