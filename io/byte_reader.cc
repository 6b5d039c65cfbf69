#include "io/byte_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/error.h"
#include "io/in_quotes.h"

namespace cornu::io {
namespace {

class FileReader final : public ByteReader {
 public:
  // O_NONBLOCK: opening a named pipe that nobody writes to would wait for ever.
  explicit FileReader(const std::string& path)
      : ByteReader(in_quotes(path)), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (file_ < 0) {
      throw FormatError(where() + ": cannot open the file: " + std::strerror(errno) + ". Check the path.", path);
    }
    struct stat status {};
    if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(file_);
      throw FormatError(where() + ": expected a regular file; got a folder or a device. Check the path.", path);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~FileReader() override { ::close(file_); }

  std::uint64_t size() const override { return size_; }

  std::size_t read(void* to, std::size_t count) override {
    auto* bytes = static_cast<char*>(to);
    std::size_t done = 0;
    while (done < count) {
      // Linux transfers at most 2 GiB a call.
      const ssize_t got = ::read(file_, bytes + done, std::min<std::size_t>(count - done, std::size_t{1} << 30));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw FormatError(where() + ": cannot read the file: " + std::strerror(errno) + ".", where());
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  int file_;
  std::uint64_t size_ = 0;
};

class MemoryReader final : public ByteReader {
 public:
  MemoryReader(std::string_view bytes, std::string where)
      : ByteReader(std::move(where)), size_(bytes.size()), rest_(bytes) {}

  std::uint64_t size() const override { return size_; }

  std::size_t read(void* to, std::size_t count) override {
    const std::size_t taken = std::min(count, rest_.size());
    if (taken > 0) std::memcpy(to, rest_.data(), taken);
    rest_.remove_prefix(taken);
    return taken;
  }

 private:
  std::uint64_t size_;
  std::string_view rest_;
};

}  // namespace

ByteReader::~ByteReader() = default;

void ByteReader::read_exactly(void* to, std::size_t count, std::string_view what) {
  const std::size_t got = read(to, count);
  if (got == count) return;
  throw FormatError(where_ + ": expected " + std::to_string(count) + " bytes of " + std::string(what) +
                        "; the file ends after " + std::to_string(got) +
                        ". It was cut short: copy or download it again.",
                    where_);
}

std::unique_ptr<ByteReader> open_file(const std::string& path) { return std::make_unique<FileReader>(path); }

std::unique_ptr<ByteReader> open_memory(std::string_view bytes, std::string where) {
  return std::make_unique<MemoryReader>(bytes, std::move(where));
}

std::string read_all(ByteReader& reader, std::uint64_t limit) {
  if (reader.size() > limit) {
    throw FormatError(reader.where() + ": expected at most " + std::to_string(limit) + " bytes; got " +
                          std::to_string(reader.size()) + ". Check that this is the right file.",
                      reader.where());
  }
  std::string text(static_cast<std::size_t>(reader.size()), '\0');
  reader.read_exactly(text.data(), text.size(), "contents");
  return text;
}

}  // namespace cornu::io
