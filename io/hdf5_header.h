#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5_bytes.h"

namespace cornu::io {

/// The header of an object in an HDF5 file, read without HDF5, which crashes on some damaged ones.
///
/// Section numbers in the source are those of the HDF5 File Format Specification, version 3.0.
class Hdf5Header {
 public:
  struct Message {
    unsigned type = 0;
    unsigned flags = 0;
    std::string_view data;
  };

  struct Attribute {
    std::string_view name;
    std::string_view type;
    std::string_view values;
  };

  /// Nothing when the bytes there are no header.
  static std::optional<Hdf5Header> read(const Hdf5Bytes& file, std::uint64_t address);
  Hdf5Header(Hdf5Header&&) = default;

  const std::vector<Message>& messages() const { return messages_; }

  /// The attributes that are in the header itself.
  std::vector<Attribute> attributes() const;

  /// True when there are attributes outside the header as well, as in the newest format when there are more than 8.
  bool has_dense_attributes() const;

  /// Why HDF5 should not open this object: one phrase, such as "a virtual dataset, which refers to other files"; empty
  /// if nothing speaks against it.
  std::string objection(const Hdf5Bytes& file) const;

 private:
  Hdf5Header() = default;
  bool read_first(const Hdf5Bytes& file, std::uint64_t address);
  bool read_messages(const Hdf5Bytes& file, std::uint64_t address, std::uint64_t size);
  bool read_continuation(const Hdf5Bytes& file, std::string_view data);

  bool is_version_2_ = false;
  bool has_order_ = false;
  std::deque<std::string> blocks_;  ///< a deque, so that the messages' views stay valid
  std::vector<Message> messages_;
};

}  // namespace cornu::io
