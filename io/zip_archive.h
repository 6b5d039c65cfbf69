#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/atomic_file.h"
#include "io/byte_reader.h"

namespace cornu::io {

/// A ZIP archive that is read member by member, in memory; nothing is extracted to the disk.
///
/// Members may be stored or deflated, ZIP64 included. Refused when the archive is opened: encrypted members, other
/// methods, two members of one name, names that are absolute or hold `..`, `\` or control characters, and members that
/// together claim to unpack to more than the archive can reasonably hold (`size_limit.h`). One thread at a time.
class ZipArchive {
 public:
  /// **Throws** FormatError for a missing or damaged archive, and for what is refused.
  static ZipArchive open(const std::string& path);
  ZipArchive(ZipArchive&&) noexcept;
  ZipArchive& operator=(ZipArchive&&) noexcept;
  ~ZipArchive();

  /// Names in the order of the archive, without folders.
  const std::vector<std::string>& members() const;
  bool contains(const std::string& member) const;

  /// Reads a member piece by piece; the archive must outlive the reader. The checksum is checked at the end of the
  /// member.
  std::unique_ptr<ByteReader> open_member(const std::string& member) const;

  /// A whole member. **Throws** FormatError when there is none of that name, its checksum is wrong, or it is larger
  /// than `limit` bytes.
  std::string read_member(const std::string& member, std::uint64_t limit = UINT64_MAX) const;

 private:
  struct Impl;
  explicit ZipArchive(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Writes an archive of stored members, as Keras and NumPy do; it appears at its path, all at once, with `commit`.
class ZipWriter {
 public:
  /// **Throws** FormatError when no file can be made there.
  explicit ZipWriter(const std::string& path);
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;
  ~ZipWriter();

  /// Adds a member; `bytes` is kept until `commit`.
  void add(const std::string& member, std::string bytes);
  /// Adds the contents of a file, which must stay as it is until `commit`.
  void add_file(const std::string& member, const std::string& path);

  /// **Throws** FormatError when the archive cannot be written; an older file at its path is then as it was.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cornu::io
