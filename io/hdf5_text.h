#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5_bytes.h"

namespace cornu::io {

/// The text of an attribute that has `count` strings of variable length, read without HDF5: its own reader of such text
/// crashes on damaged files. `address` is that of the object that has the attribute.
///
/// Nothing when the file is damaged, or keeps the attribute in a form that neither h5py nor Keras writes (dense or shared
/// storage, addresses of other than 8 bytes).
std::optional<std::vector<std::string>> read_variable_text(const Hdf5Bytes& file, std::uint64_t address,
                                                           std::string_view name, std::size_t count);

}  // namespace cornu::io
