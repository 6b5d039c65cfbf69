#pragma once

#include <cstdint>
#include <string>

#include "io/hdf5_session.h"

namespace cornu::io {

/// Where the header of an open object is in the file; the largest number when HDF5 does not say.
std::uint64_t address_of(Hdf5Handle::Id object);

/// Where the header of the object is that a hard link in an open group leads to, without opening it.
std::uint64_t address_of_member(Hdf5Handle::Id group, const std::string& name);

}  // namespace cornu::io
