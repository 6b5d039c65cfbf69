#include "io/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <deque>
#include <map>

#include "framework/error.h"
#include "io/in_quotes.h"
#include "io/size_limit.h"

namespace cornu::io {
namespace {

constexpr zip_uint64_t kMostMembers = 1 << 20;

[[noreturn]] void fail(const std::string& path, const std::string& sentence) {
  throw FormatError(in_quotes(path) + ": " + sentence, path);
}

// No member is ever written to the disk under its name. A name that would leave its folder has no honest use anyway.
bool is_plain_name(std::string_view name) {
  constexpr std::size_t kLongest = 1024;
  if (name.empty() || name.size() > kLongest || name.front() == '/') return false;
  if (name.size() > 2 && name.substr(1, 2) == ":/") return false;  // a drive letter
  const auto is_odd = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20; };
  if (std::any_of(name.begin(), name.end(), is_odd)) return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

std::string error_text(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return " [libzip: " + text + "]";
}

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

struct Member {
  zip_uint64_t index = 0;
  zip_uint64_t size = 0;
};

class MemberReader final : public ByteReader {
 public:
  MemberReader(std::string where, zip_t* archive, Member member)
      : ByteReader(std::move(where)), size_(member.size), file_(zip_fopen_index(archive, member.index, 0)) {
    if (!file_) {
      throw FormatError(this->where() +
                            ": cannot be read. The archive is damaged: copy or download it again. [libzip: " +
                            zip_strerror(archive) + "]",
                        this->where());
    }
  }

  std::uint64_t size() const override { return size_; }

  std::size_t read(void* to, std::size_t count) override {
    auto* bytes = static_cast<char*>(to);
    std::size_t done = 0;
    while (done < count) {
      const zip_int64_t got = zip_fread(file_.get(), bytes + done, count - done);
      if (got < 0) fail_reading();
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    read_ += done;
    if (done > 0 && read_ == size_) check_end();
    return done;
  }

 private:
  [[noreturn]] void fail_reading() {
    throw FormatError(where() + ": cannot be unpacked. The archive is damaged: copy or download it again. [libzip: " +
                          zip_file_strerror(file_.get()) + "]",
                      where());
  }

  // The checksum is compared when libzip comes to the end, which is one read further than the last byte.
  void check_end() {
    char more = 0;
    const zip_int64_t got = zip_fread(file_.get(), &more, 1);
    if (got < 0) fail_reading();
    if (got > 0)
      throw FormatError(where() + ": expected " + std::to_string(size_) + " bytes; got more. The archive is damaged.",
                        where());
  }

  std::uint64_t size_;
  std::uint64_t read_ = 0;
  std::unique_ptr<zip_file_t, CloseMember> file_;
};

}  // namespace

struct ZipArchive::Impl {
  std::string path;
  std::unique_ptr<zip_t, CloseArchive> archive;
  std::vector<std::string> names;
  std::map<std::string, Member, std::less<>> members;

  void add_member(zip_uint64_t index) {
    zip_stat_t stat;
    if (zip_stat_index(archive.get(), index, 0, &stat) != 0) {
      fail(path, std::string("cannot be listed. The archive is damaged: copy or download it again. [libzip: ") +
                     zip_strerror(archive.get()) + "]");
    }
    const std::string name = stat.name ? stat.name : "";
    const std::string member = "member " + in_quotes(name);
    if (!is_plain_name(name))
      fail(path, "expected names within the archive; got " + member + ". Do not trust this file.");
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
    if ((stat.valid & kNeeded) != kNeeded) fail(path, member + " has no size. The archive is damaged.");
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
      fail(path, "expected no encryption; " + member + " is encrypted. Decrypt the archive first.");
    }
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
      fail(path, "expected members that are stored or deflated; " + member + " is packed by method " +
                     std::to_string(stat.comp_method) + ". Pack the archive again.");
    }
    if (!members.emplace(name, Member{index, stat.size}).second) {
      fail(path, "expected each name once; got " + member + " twice. Do not trust this file.");
    }
    if (name.back() != '/') names.push_back(name);
  }

  const Member& find(const std::string& member) const {
    const auto it = members.find(member);
    if (it == members.end()) {
      fail(path, "expected a member " + in_quotes(member) +
                     " in the archive; there is none. Check that this is the right file.");
    }
    return it->second;
  }
};

ZipArchive::ZipArchive(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive& ZipArchive::operator=(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

ZipArchive ZipArchive::open(const std::string& path) {
  const std::uint64_t archive_size = open_file(path)->size();  // says plainly when there is no such file
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  int code = ZIP_ER_NOZIP;
  // libzip takes an empty file for an empty archive.
  if (archive_size > 0) impl->archive.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!impl->archive) {
    fail(path,
         "expected a ZIP archive; got a file of another format, or one that is damaged or cut short. Copy or download "
         "it again." +
             error_text(code));
  }
  const zip_int64_t num_entries = zip_get_num_entries(impl->archive.get(), 0);
  if (num_entries < 0 || static_cast<zip_uint64_t>(num_entries) > kMostMembers) {
    fail(path, "expected at most " + std::to_string(kMostMembers) + " members; got more. The archive is damaged.");
  }
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(num_entries); ++i) impl->add_member(i);
  const std::uint64_t limit = unpacked_limit(archive_size);
  std::uint64_t total = 0;
  for (const auto& [name, member] : impl->members) {
    // Members are added one by one: each may claim anything up to the largest number.
    if (member.size > limit - total) {
      fail(path, "expected at most " + std::to_string(limit) +
                     " bytes in an archive of this size; its members claim more. It is " +
                     "damaged, or made to exhaust memory.");
    }
    total += member.size;
  }
  return ZipArchive(std::move(impl));
}

const std::vector<std::string>& ZipArchive::members() const { return impl_->names; }

bool ZipArchive::contains(const std::string& member) const { return impl_->members.contains(member); }

std::unique_ptr<ByteReader> ZipArchive::open_member(const std::string& member) const {
  const Member& found = impl_->find(member);
  return std::make_unique<MemberReader>(in_quotes(impl_->path) + ", member " + in_quotes(member), impl_->archive.get(),
                                        found);
}

std::string ZipArchive::read_member(const std::string& member, std::uint64_t limit) const {
  return read_all(*open_member(member), limit);
}

struct ZipWriter::Impl {
  std::string path;
  AtomicFile file;
  std::deque<std::string> kept;  // libzip reads the bytes of members when it closes the archive
  std::unique_ptr<zip_t, CloseArchive> archive;

  explicit Impl(const std::string& name) : path(name), file(name) {
    int code = 0;
    archive.reset(zip_open(file.temporary_path().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!archive) fail(path, "cannot make a ZIP archive." + error_text(code));
  }

  void add(const std::string& member, zip_source_t* source) {
    const zip_int64_t index = source ? zip_file_add(archive.get(), member.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      if (source) zip_source_free(source);
      fail_writing(member);
    }
    if (zip_set_file_compression(archive.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) != 0)
      fail_writing(member);
  }

  [[noreturn]] void fail_writing(const std::string& member) {
    fail(path, "cannot write member " + in_quotes(member) + ". [libzip: " + zip_strerror(archive.get()) + "]");
  }
};

ZipWriter::ZipWriter(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
ZipWriter::~ZipWriter() = default;

void ZipWriter::add(const std::string& member, std::string bytes) {
  const std::string& kept = impl_->kept.emplace_back(std::move(bytes));
  impl_->add(member, zip_source_buffer(impl_->archive.get(), kept.data(), kept.size(), 0));
}

void ZipWriter::add_file(const std::string& member, const std::string& path) {
  impl_->add(member, zip_source_file(impl_->archive.get(), path.c_str(), 0, -1));
}

void ZipWriter::commit() {
  if (zip_close(impl_->archive.get()) != 0) {
    fail(impl_->path, std::string("cannot write the archive. Check the space on the disk. [libzip: ") +
                          zip_strerror(impl_->archive.get()) + "]");
  }
  static_cast<void>(impl_->archive.release());  // zip_close has freed it
  impl_->file.commit();
}

}  // namespace cornu::io
