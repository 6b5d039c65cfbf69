#include "io/hdf5_bytes.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cornu::io {

bool Hdf5Bytes::read(std::uint64_t address, void* to, std::size_t count) const {
  if (address > size || base > size - address || count > size - address - base) return false;
  const std::uint64_t begin = base + address;
  if (descriptor < 0) {
    std::memcpy(to, image.data() + begin, count);
    return true;
  }
  auto* bytes = static_cast<char*>(to);
  for (std::size_t done = 0; done < count;) {
    const ssize_t got = ::pread(descriptor, bytes + done, count - done, static_cast<off_t>(begin + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

std::optional<std::string> Hdf5Bytes::block(std::uint64_t address, std::uint64_t count) const {
  if (count > size) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(count), '\0');
  if (!read(address, bytes.data(), bytes.size())) return std::nullopt;
  return bytes;
}

std::uint64_t ByteCursor::number(std::size_t num_bytes) {
  std::uint64_t value = 0;
  const std::string_view bytes = take(num_bytes);
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
  return value;
}

std::string_view ByteCursor::take(std::uint64_t num_bytes) {
  if (num_bytes > rest_.size()) {
    is_good_ = false;
    rest_ = {};
    return {};
  }
  const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(num_bytes));
  rest_.remove_prefix(bytes.size());
  return bytes;
}

}  // namespace cornu::io
