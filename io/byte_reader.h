#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cornu::io {

/// A run of bytes read once from front to back: a file, a member of an archive, memory.
class ByteReader {
 public:
  /// `where` names the source in messages, quotes included.
  explicit ByteReader(std::string where) : where_(std::move(where)) {}
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;
  virtual ~ByteReader();

  const std::string& where() const { return where_; }

  /// Bytes in total, as far as the source tells before it is read.
  virtual std::uint64_t size() const = 0;

  /// Reads up to `count` bytes; fewer only at the end. **Throws** FormatError when the source cannot be read.
  virtual std::size_t read(void* to, std::size_t count) = 0;

  /// Reads exactly `count` bytes. **Throws** FormatError, naming `what`, when the source ends before.
  void read_exactly(void* to, std::size_t count, std::string_view what);

 private:
  std::string where_;
};

/// The bytes of a file. **Throws** FormatError when it cannot be opened or is not a regular file.
std::unique_ptr<ByteReader> open_file(const std::string& path);

/// Bytes in memory, which must outlive the reader.
std::unique_ptr<ByteReader> open_memory(std::string_view bytes, std::string where);

/// The rest of a source as one string. **Throws** FormatError when there is more than `limit`.
std::string read_all(ByteReader& reader, std::uint64_t limit);

}  // namespace cornu::io
