#pragma once

#include <string>

#include "framework/tensor.h"
#include "io/byte_reader.h"

namespace cornu::io {

/// Reads an array that `numpy.save` wrote: any version, either byte order, row-major or Fortran order.
///
/// bool, integers and floats of up to 8 bytes; 16-bit integers become int32, uint64 becomes int64. **Throws**
/// FormatError for other types (Python objects are never unpickled), for damaged files, and for files of another length
/// than the header says.
///
/// ```cpp
/// Tensor x = io::read_npy("x.npy");
/// ```
Tensor read_npy(const std::string& path);
Tensor read_npy(ByteReader& reader);

/// Writes what `numpy.save` would, byte for byte; an existing file is replaced at the end and at once.
/// **Throws** DTypeError for bfloat16, which NumPy does not know.
void write_npy(const std::string& path, const Tensor& values);

/// The same as a string.
std::string npy_bytes(const Tensor& values);

}  // namespace cornu::io
