#pragma once

#include <cstddef>
#include <optional>

#include "framework/tensor.h"
#include "io/byte_reader.h"

namespace cornu::io {

/// One number as a file of plain numbers keeps it.
struct StoredElement {
  enum class Kind { kBool, kSigned, kUnsigned, kFloat };
  Kind kind = Kind::kFloat;
  std::size_t size = 4;
  bool is_big_endian = false;
};

/// The dtype that holds such numbers; nothing where there is none. 16-bit integers become int32, uint64 becomes int64.
std::optional<DType> dtype_of(const StoredElement& element);

/// Reads as many numbers as the shape has, in row-major order. **Throws** FormatError when the source ends before, or
/// holds a uint64 beyond int64. The element must have a dtype, and the shape must have been checked against the source.
Tensor read_elements(ByteReader& reader, const StoredElement& element, const Shape& shape);

}  // namespace cornu::io
