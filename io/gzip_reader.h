#pragma once

#include <memory>
#include <string>

#include "io/byte_reader.h"

namespace cornu::io {

/// The bytes of a file, unpacked while they are read if the file is gzipped, whatever its name. The size of a gzipped
/// file is unknown until it is read: `size()` is then the most that cornu unpacks from it (`size_limit.h`).
/// **Throws** FormatError when it cannot be opened or, while reading, when its contents are damaged.
std::unique_ptr<ByteReader> open_maybe_gzipped(const std::string& path);

}  // namespace cornu::io
