#include "io/gzip_reader.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "framework/error.h"
#include "io/in_quotes.h"
#include "io/size_limit.h"

namespace cornu::io {
namespace {

struct CloseGzip {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

class GzipReader final : public ByteReader {
 public:
  GzipReader(const std::string& path, std::uint64_t limit)
      : ByteReader(in_quotes(path)), limit_(limit), file_(gzopen(path.c_str(), "rb")) {
    if (!file_) throw FormatError(where() + ": cannot open the file. Check the path.", path);
  }

  std::uint64_t size() const override { return limit_; }

  std::size_t read(void* to, std::size_t count) override {
    auto* bytes = static_cast<char*>(to);
    std::size_t done = 0;
    while (done < count) {
      constexpr std::size_t kPiece = std::size_t{1} << 24;  // zlib counts in int
      const int got = gzread(file_.get(), bytes + done, static_cast<unsigned>(std::min(count - done, kPiece)));
      int code = Z_OK;
      const char* reason = gzerror(file_.get(), &code);
      // Z_BUF_ERROR: the file ends within the packed data.
      if (got < 0 || code == Z_BUF_ERROR) {
        throw FormatError(
            where() + ": cannot be unpacked. The file was cut short or is damaged: copy or download it again. [zlib: " +
                reason + "]",
            where());
      }
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  std::uint64_t limit_;
  std::unique_ptr<gzFile_s, CloseGzip> file_;
};

}  // namespace

std::unique_ptr<ByteReader> open_maybe_gzipped(const std::string& path) {
  std::array<unsigned char, 2> magic{};
  const std::unique_ptr<ByteReader> file = open_file(path);
  if (file->read(magic.data(), magic.size()) == magic.size() && magic[0] == 0x1f && magic[1] == 0x8b) {
    return std::make_unique<GzipReader>(path, unpacked_limit(file->size()));
  }
  return open_file(path);
}

}  // namespace cornu::io
