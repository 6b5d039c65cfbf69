#pragma once

#include <string>

#include "io/hdf5_session.h"

namespace cornu::io {

/// File access properties with which H5Fopen reads `image`, the bytes of an HDF5 file, in place: it must not move or
/// change until the file is closed. Within an Hdf5Session; invalid when HDF5 refuses.
Hdf5Handle image_access(const std::string& image);

}  // namespace cornu::io
