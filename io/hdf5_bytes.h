#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cornu::io {

/// The bytes of an HDF5 file that is open for reading, by address.
struct Hdf5Bytes {
  std::uint64_t size = 0;  ///< of the whole file
  std::uint64_t base = 0;  ///< what stands before HDF5's part of the file; addresses count from there
  std::string_view image;  ///< the file, if it is in memory
  int descriptor = -1;     ///< the open file otherwise; HDF5 owns it

  /// False when the file has no such bytes.
  bool read(std::uint64_t address, void* to, std::size_t count) const;

  /// The bytes as a string, or nothing when the file has no such bytes.
  std::optional<std::string> block(std::uint64_t address, std::uint64_t count) const;
};

/// Reads little-endian numbers and pieces off the front of some bytes. Beyond the end everything is empty or zero, and
/// `is_good()` is false from then on.
class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : rest_(bytes) {}

  bool is_good() const { return is_good_; }
  std::size_t left() const { return rest_.size(); }

  std::uint64_t number(std::size_t num_bytes);
  std::string_view take(std::uint64_t num_bytes);

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

}  // namespace cornu::io
