#include "io/stored_element.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "framework/error.h"

namespace cornu::io {
namespace {

static_assert(std::endian::native == std::endian::little, "cornu runs on little-endian machines");

void swap_bytes(std::span<unsigned char> bytes, std::size_t element_size) {
  for (std::size_t i = 0; i < bytes.size(); i += element_size) std::reverse(&bytes[i], &bytes[i] + element_size);
}

template <typename Narrow> void widen(std::span<const unsigned char> from, std::int32_t* to) {
  for (std::size_t i = 0; i < from.size(); i += sizeof(Narrow)) {
    Narrow value;
    std::memcpy(&value, &from[i], sizeof(Narrow));
    *to++ = value;
  }
}

// 16-bit integers, in pieces, so that they are not in memory twice.
void read_widened(ByteReader& reader, const StoredElement& element, Tensor& values) {
  std::vector<unsigned char> piece(65536);
  const auto numbers = values.mutable_data<std::int32_t>();
  for (std::size_t done = 0; done < numbers.size();) {
    const std::size_t count = std::min(numbers.size() - done, piece.size() / element.size);
    const std::span<unsigned char> bytes(piece.data(), count * element.size);
    reader.read_exactly(bytes.data(), bytes.size(), "numbers");
    if (element.is_big_endian) swap_bytes(bytes, element.size);
    if (element.kind == StoredElement::Kind::kSigned) {
      widen<std::int16_t>(bytes, &numbers[done]);
    } else {
      widen<std::uint16_t>(bytes, &numbers[done]);
    }
    done += count;
  }
}

}  // namespace

std::optional<DType> dtype_of(const StoredElement& element) {
  switch (element.kind) {
    case StoredElement::Kind::kBool:
      if (element.size == 1) return DType::kBool;
      break;
    case StoredElement::Kind::kSigned:
      if (element.size == 1) return DType::kInt8;
      if (element.size == 2 || element.size == 4) return DType::kInt32;
      if (element.size == 8) return DType::kInt64;
      break;
    case StoredElement::Kind::kUnsigned:
      if (element.size == 1) return DType::kUInt8;
      if (element.size == 2) return DType::kInt32;
      if (element.size == 4) return DType::kUInt32;
      if (element.size == 8) return DType::kInt64;
      break;
    case StoredElement::Kind::kFloat:
      if (element.size == 2) return DType::kFloat16;
      if (element.size == 4) return DType::kFloat32;
      if (element.size == 8) return DType::kFloat64;
      break;
  }
  return std::nullopt;
}

Tensor read_elements(ByteReader& reader, const StoredElement& element, const Shape& shape) {
  const DType dtype = dtype_of(element).value();
  Tensor values = Tensor::empty(shape, dtype);
  if (size_of(dtype) != element.size) {
    read_widened(reader, element, values);
    return values;
  }
  const std::span<unsigned char> bytes(static_cast<unsigned char*>(values.raw()), values.num_bytes());
  reader.read_exactly(bytes.data(), bytes.size(), "numbers");
  if (element.is_big_endian) swap_bytes(bytes, element.size);
  if (dtype == DType::kBool) {
    // Whatever the bytes of a damaged file are, a C++ bool must be 0 or 1.
    std::transform(bytes.begin(), bytes.end(), bytes.begin(), [](unsigned char byte) { return byte != 0; });
  }
  if (element.kind == StoredElement::Kind::kUnsigned && dtype == DType::kInt64) {
    const auto numbers = values.data<std::int64_t>();
    if (std::any_of(numbers.begin(), numbers.end(), [](std::int64_t number) { return number < 0; })) {
      throw FormatError(reader.where() + ": expected numbers below 2^63; got larger ones. Save them as float64.",
                        reader.where());
    }
  }
  return values;
}

}  // namespace cornu::io
