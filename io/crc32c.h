#pragma once

#include <cstdint>
#include <string_view>

namespace cornu::io {

/// CRC-32C (Castagnoli, RFC 3720) of these bytes.
std::uint32_t crc32c(std::string_view bytes);

/// The checksum as the records of an event file hold it: rotated and shifted, because a checksum of data that contain
/// checksums is weak.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace cornu::io
