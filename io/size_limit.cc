#include "io/size_limit.h"

#include <limits>

namespace cornu::io {

std::optional<std::uint64_t> checked_num_bytes(std::span<const std::int64_t> dims, std::size_t element_size) {
  // Tensors count elements in int64, so that is the bound for bytes as well.
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t bytes = element_size;
  bool is_empty = false;
  for (const std::int64_t dim : dims) {
    if (dim < 0) return std::nullopt;
    if (dim == 0) {
      is_empty = true;
      continue;
    }
    if (bytes > kMost / static_cast<std::uint64_t>(dim)) return std::nullopt;
    bytes *= static_cast<std::uint64_t>(dim);
  }
  return is_empty ? 0 : bytes;
}

std::uint64_t unpacked_limit(std::uint64_t stored_bytes) {
  constexpr std::uint64_t kFree = std::uint64_t{32} << 20;
  constexpr std::uint64_t kRatio = 200;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  return stored_bytes > (kMost - kFree) / kRatio ? kMost : kFree + kRatio * stored_bytes;
}

}  // namespace cornu::io
