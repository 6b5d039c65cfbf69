#pragma once

#include <string>

#include "framework/shape.h"
#include "io/hdf5_session.h"

namespace cornu::io {

/// Why HDF5 should not read a chunked dataset: one phrase, empty if nothing speaks against it. `chunk` is the size of
/// its chunks in elements.
///
/// HDF5 believes that each chunk unpacks to the size it should have, and reads beyond its end otherwise. This unpacks
/// each once, without keeping the result. Within an Hdf5Session.
std::string objection_to_chunks(Hdf5Handle::Id dataset, const Shape& shape, const Shape& chunk,
                                std::size_t element_size, std::uint64_t file_size);

}  // namespace cornu::io
