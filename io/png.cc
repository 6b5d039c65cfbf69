#include "io/png.h"

#include <zlib.h>

#include <array>

#include "framework/error.h"

namespace cornu::io {
namespace {

std::string big_endian(std::uint32_t number) {
  std::string bytes(4, '\0');
  for (int i = 0; i < 4; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(number >> (24 - 8 * i));
  return bytes;
}

const Bytef* zlib_bytes(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

// Length, then the type and the data with a checksum of both.
std::string chunk(const std::string& type, const std::string& data) {
  const std::string checked = type + data;
  const auto crc = static_cast<std::uint32_t>(crc32_z(0, zlib_bytes(checked), checked.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked + big_endian(crc);
}

std::string deflated(const std::string& data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  std::string packed(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(packed.data()), &size, zlib_bytes(data),
                             static_cast<uLong>(data.size()), Z_DEFAULT_COMPRESSION);
  if (code != Z_OK) throw std::bad_alloc();  // the only way compress2 fails with room enough
  packed.resize(size);
  return packed;
}

}  // namespace

std::string encode_png(const Tensor& image) {
  if (image.dtype() != DType::kUInt8) {
    throw DTypeError(std::string("encode_png: expected uint8; got ") + name_of(image.dtype()) +
                     ". Scale the values to 0 to 255 and cast them.");
  }
  const Shape& shape = image.shape();
  // PNG allows sizes up to 2³¹ - 1; a chunk as well.
  constexpr std::int64_t kMaxBytes = 0x7FFF0000;
  if (shape.rank() != 3 || shape[0] < 1 || shape[1] < 1 || shape[2] < 1 || shape[2] > 4 ||
      shape.num_elements() + shape[0] > kMaxBytes) {
    throw ShapeError(
        "encode_png: expected shape (height, width, channels) with 1 to 4 channels, of less than 2 GiB; got " +
        shape.to_string());
  }
  constexpr std::array<char, 5> kColourTypes = {0, 0, 4, 2, 6};
  const std::string header = big_endian(static_cast<std::uint32_t>(shape[1])) +
                             big_endian(static_cast<std::uint32_t>(shape[0])) +
                             std::string{8, kColourTypes[static_cast<std::size_t>(shape[2])], 0, 0, 0};
  // Each row after a byte that says how it is filtered: not at all.
  const auto row_bytes = static_cast<std::size_t>(shape[1] * shape[2]);
  const auto* pixels = static_cast<const char*>(image.raw());
  std::string rows;
  rows.reserve(static_cast<std::size_t>(shape[0]) * (row_bytes + 1));
  for (std::int64_t y = 0; y < shape[0]; ++y) {
    rows += '\0';
    rows.append(pixels + static_cast<std::size_t>(y) * row_bytes, row_bytes);
  }
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", deflated(rows)) + chunk("IEND", "");
}

}  // namespace cornu::io
