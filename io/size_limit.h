#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cornu::io {

/// Product of the dimensions and the element size, or nothing when it overflows or a dimension is negative.
std::optional<std::uint64_t> checked_num_bytes(std::span<const std::int64_t> dims, std::size_t element_size);

/// Most bytes that cornu unpacks from `stored_bytes` bytes of a compressed file. A small file that claims more is taken
/// for a decompression bomb. Deflate itself packs at most 1032 to 1; real arrays stay far below the 200 allowed here.
std::uint64_t unpacked_limit(std::uint64_t stored_bytes);

}  // namespace cornu::io
