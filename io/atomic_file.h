#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cornu::io {

/// A file that comes into being all at once: whoever opens `path`, at any time, finds the old file or the complete new
/// one.
///
/// The bytes go to a temporary file in the same folder; `commit` brings them to the disk and renames. Without `commit`
/// nothing happens to `path` and the temporary file is removed. A symbolic link stays, the file it points to is
/// replaced; the permissions of an older file are kept.
///
/// ```cpp
/// AtomicFile file("scores.csv");
/// file.write("1,2,3\n");
/// file.commit();
/// ```
class AtomicFile {
 public:
  /// **Throws** FormatError when the folder does not exist or cannot be written, or `path` is no regular file.
  explicit AtomicFile(const std::string& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  /// Where the bytes are until `commit`, for libraries that open the file themselves.
  const std::string& temporary_path() const { return temporary_; }

  /// Appends. **Throws** FormatError when the disk is full or fails.
  void write(std::string_view bytes);

  /// **Throws** FormatError when the bytes cannot be brought to the disk; `path` is then as it was.
  void commit();

 private:
  [[noreturn]] void fail(const char* action) const;

  std::string path_;
  std::string target_;
  std::string temporary_;
  std::optional<unsigned> mode_;  ///< permissions of the file that is replaced
  int file_ = -1;
};

/// Writes a whole file atomically.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace cornu::io
