#include "io/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "framework/error.h"
#include "io/in_quotes.h"

namespace cornu::io {
namespace {

// A link stays where it is: the file at its end is replaced. Links to nothing yet are written through as well.
std::string end_of_links(const std::string& path) {
  std::filesystem::path end = path;
  std::error_code failed;
  for (int hops = 0; hops < 40 && std::filesystem::is_symlink(end, failed); ++hops) {
    const std::filesystem::path next = std::filesystem::read_symlink(end, failed);
    if (failed) break;
    end = end.parent_path() / next;
  }
  return end.string();
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

void AtomicFile::fail(const char* action) const {
  throw FormatError(in_quotes(path_) + ": cannot " + action + ": " + std::strerror(errno) +
                        ". Nothing was changed. Check the folder, its permissions and the space on the disk.",
                    path_);
}

AtomicFile::AtomicFile(const std::string& path) : path_(path), target_(end_of_links(path)) {
  struct stat old {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    throw FormatError(in_quotes(path) + ": expected a file to write; got a folder or a device. Give another path.",
                      path);
  }
  static std::atomic<unsigned> counter{0};
  do {
    temporary_ = target_ + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file_ < 0 && errno == EEXIST);
  if (file_ < 0) fail("create a file in its folder");
  if (exists) mode_ = old.st_mode & 07777;
}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) ::close(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t{1} << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  // Another library may have put a new file at the temporary path, so the bytes to bring to the disk are found by name.
  ::close(file_);
  file_ = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) fail("bring the bytes to the disk");
  // Only now, because a library could not open a read-only file for writing. A foreign owner may forbid it: no harm.
  if (mode_ && ::fchmod(file_, static_cast<mode_t>(*mode_)) != 0) errno = 0;
  if (::fsync(file_) != 0) fail("bring the bytes to the disk");
  ::close(file_);
  file_ = -1;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("move the new file to its place");
  temporary_.clear();
  // The rename itself reaches the disk with its folder. Some file systems cannot do that, and the file is in place
  // anyway.
  const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    if (::fsync(folder) != 0) errno = 0;
    ::close(folder);
  }
}

void write_file(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace cornu::io
