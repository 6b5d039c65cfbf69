#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5_bytes.h"

namespace cornu::io {

/// Text of variable length, read without HDF5: its own reader of such text crashes on damaged files. `references` are
/// the bytes of an attribute or a dataset, 16 for each of `count` strings, that say where in the file its text is.
///
/// Nothing when the file is damaged.
std::optional<std::vector<std::string>> resolve_text(const Hdf5Bytes& file, std::string_view references,
                                                     std::size_t count);

}  // namespace cornu::io
