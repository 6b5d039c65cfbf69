#include "io/hdf5_file.h"

#include <hdf5.h>

#include <algorithm>
#include <new>
#include <unordered_set>

#include "framework/error.h"
#include "io/byte_reader.h"
#include "io/hdf5_address.h"
#include "io/hdf5_attribute.h"
#include "io/hdf5_dataset.h"
#include "io/hdf5_header.h"
#include "io/hdf5_image.h"
#include "io/hdf5_session.h"
#include "io/in_quotes.h"

namespace cornu::io {
namespace {

constexpr std::size_t kMostMembers = std::size_t{1} << 20;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// Called by HDF5, which is C: an exception must not pass through it.
herr_t add_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  auto& list = *static_cast<std::vector<std::string>*>(names);
  if (list.size() == kMostMembers) return -1;
  try {
    list.emplace_back(name);
  } catch (const std::bad_alloc&) {
    return -1;
  }
  return 0;
}

std::size_t longest_of(const std::vector<std::string>& values) {
  std::size_t longest = 0;
  for (const std::string& value : values) longest = std::max(longest, value.size());
  return longest;
}

// Into how many attributes a list is split: HDF5 keeps 64 KB in one. Keras counts the list as strings of equal length;
// a string of variable length takes 16 bytes in the attribute itself.
std::size_t num_attribute_parts(const std::vector<std::string>& values) {
  constexpr std::size_t kMostBytes = 64512;
  const std::size_t length = std::max<std::size_t>(longest_of(values), 16);
  std::size_t num_parts = 1;
  while (num_parts < values.size() && (values.size() + num_parts - 1) / num_parts * length > kMostBytes) ++num_parts;
  return num_parts;
}

Hdf5Handle file_access() {
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Not the driver that an environment variable may name, and no locks: they fail on network file systems, and cornu
  // writes only files that nobody else knows yet.
  H5Pset_fapl_sec2(access.id());
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access.id(), false, true);
#endif
  return access;
}

}  // namespace

struct Hdf5File::Impl {
  std::string where;
  std::string image;  // outlives `file`, which may read from it
  Hdf5Handle file;
  Hdf5Bytes bytes;
  bool is_written = false;
  mutable std::unordered_set<std::uint64_t> screened;  // addresses of objects that HDF5 may open

  explicit Impl(std::string name) : where(std::move(name)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (!file.is_valid()) return;
    const Hdf5Session session;
    file.reset();
  }

  [[noreturn]] void fail(const std::string& path, const std::string& sentence) const {
    throw FormatError(in_quotes(where) + (path.empty() ? "" : ", " + in_quotes(path)) + ": " + sentence, where);
  }

  void check_open() {
    if (!file.is_valid()) fail_open();
    const Hdf5Handle properties(H5Fget_create_plist(file.id()), H5Pclose);
    hsize_t base = 0;
    H5Pget_userblock(properties.id(), &base);
    bytes.base = base;
  }

  [[noreturn]] void fail_open() const {
    fail({},
         "expected an HDF5 file; got one of another format, or one that is damaged or cut short. Copy or download it "
         "again." +
             hdf5_reason());
  }

  // Looks at an object before HDF5 does, which crashes on some damaged ones and opens other files for some sound ones.
  void screen(std::uint64_t address, const std::string& path) const {
    if (is_written || screened.contains(address)) return;
    const std::optional<Hdf5Header> header = Hdf5Header::read(bytes, address);
    if (!header) fail(path, "cannot be opened. The file is damaged: copy or download it again.");
    const std::string objection = header->objection(bytes);
    if (!objection.empty()) {
      fail(path, "expected numbers and text in this file; got " + objection + ". Save it again with plain values.");
    }
    screened.insert(address);
  }

  // One step of a path; an invalid handle where there is nothing of that name.
  Hdf5Handle open_member(const Hdf5Handle& group, const std::string& name, const std::string& path) const {
    // HDF5 takes "." for the group itself.
    if (name == "." || H5Iget_type(group.id()) != H5I_GROUP || H5Lexists(group.id(), name.c_str(), H5P_DEFAULT) <= 0)
      return {};
    H5L_info_t link;
    if (H5Lget_info(group.id(), name.c_str(), &link, H5P_DEFAULT) < 0) {
      fail(path, "cannot be found. The file is damaged: copy or download it again." + hdf5_reason());
    }
    if (link.type != H5L_TYPE_HARD) {
      const char* kind = link.type == H5L_TYPE_SOFT       ? "a soft link"
                         : link.type == H5L_TYPE_EXTERNAL ? "a link to another file"
                                                          : "a link of unknown kind";
      fail(path, "expected a group or dataset; got " + std::string(kind) + " at " + in_quotes(name) +
                     ". Links are not followed, because they may lead out of the file: copy what it points to.");
    }
    screen(address_of_member(group.id(), name), path);
    Hdf5Handle member(H5Oopen(group.id(), name.c_str(), H5P_DEFAULT), H5Oclose);
    if (!member.is_valid())
      fail(path, "cannot be opened. The file is damaged: copy or download it again." + hdf5_reason());
    return member;
  }

  Hdf5Handle find(const std::string& path) const {
    if (!file.is_valid()) fail(path, "expected an open file; this one was closed. Open it again.");
    Hdf5Handle current(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose);
    if (!current.is_valid())
      fail(path, "cannot be opened. The file is damaged: copy or download it again." + hdf5_reason());
    screen(address_of(current.id()), path);
    for (const std::string& part : parts_of(path)) {
      current = open_member(current, part, path);
      if (!current.is_valid()) break;
    }
    return current;
  }

  Hdf5Handle open(const std::string& path, H5I_type_t type = H5I_BADID) const {
    Hdf5Handle object = find(path);
    if (!object.is_valid())
      fail(path, "expected it to be there; there is nothing of that name. Check the path and the file.");
    if (type != H5I_BADID && H5Iget_type(object.id()) != type) {
      fail(path, type == H5I_GROUP ? "expected a group; got something else. Check the path."
                                   : "expected a dataset; got something else. Check the path.");
    }
    return object;
  }

  // HDF5 may still hold back what was written, so the bytes to check are not there yet.
  Hdf5Handle open_values(const std::string& path, H5I_type_t type = H5I_BADID) const {
    if (is_written)
      fail(path, "expected a file open for reading; this one is being written. Close it and open it again.");
    return open(path, type);
  }

  Hdf5Handle open_or_make_group(const std::vector<std::string>& parts, const std::string& path) {
    Hdf5Handle current = open("");
    for (const std::string& part : parts) {
      Hdf5Handle member = open_member(current, part, path);
      if (!member.is_valid()) {
        member = Hdf5Handle(H5Gcreate2(current.id(), part.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
      }
      if (!member.is_valid()) fail(path, "cannot make this group. A dataset may be in its way." + hdf5_reason());
      current = std::move(member);
    }
    return current;
  }

  std::string name_of(const std::string& path) const {
    return in_quotes(where) + ", " + (parts_of(path).empty() ? "root group" : in_quotes(path));
  }
};

Hdf5File::Hdf5File(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File& Hdf5File::operator=(Hdf5File&&) noexcept = default;
Hdf5File::~Hdf5File() = default;

Hdf5File Hdf5File::open(const std::string& path) {
  const std::uint64_t size = open_file(path)->size();  // says plainly when there is no such file
  auto impl = std::make_unique<Impl>(path);
  const Hdf5Session session;
  impl->bytes.size = size;
  const Hdf5Handle access = file_access();  // kept until check_open: closing it would clear HDF5's error text
  impl->file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  impl->check_open();
  void* descriptor = nullptr;
  if (H5Fget_vfd_handle(impl->file.id(), access.id(), &descriptor) < 0) impl->fail_open();
  impl->bytes.descriptor = *static_cast<int*>(descriptor);
  return Hdf5File(std::move(impl));
}

Hdf5File Hdf5File::open_image(std::string image, const std::string& where) {
  auto impl = std::make_unique<Impl>(where);
  const Hdf5Session session;
  impl->image = std::move(image);
  impl->bytes.size = impl->image.size();
  impl->bytes.image = impl->image;
  const Hdf5Handle access = image_access(impl->image);
  // HDF5 takes two files of one name for one file, so each image has a name of its own.
  const std::string name = "image-" + std::to_string(reinterpret_cast<std::uintptr_t>(impl->image.data()));
  impl->file = Hdf5Handle(H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  impl->check_open();
  return Hdf5File(std::move(impl));
}

Hdf5File Hdf5File::create(const std::string& path, const std::string& where) {
  auto impl = std::make_unique<Impl>(where.empty() ? path : where);
  impl->is_written = true;
  const Hdf5Session session;
  const Hdf5Handle access = file_access();
  impl->file = Hdf5Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
  if (!impl->file.is_valid()) {
    impl->fail(
        {}, "cannot make an HDF5 file. Check the folder, its permissions and the space on the disk." + hdf5_reason());
  }
  return Hdf5File(std::move(impl));
}

void Hdf5File::close() {
  const Hdf5Session session;
  if (!impl_->file.is_valid()) return;
  const bool is_flushed = H5Fflush(impl_->file.id(), H5F_SCOPE_LOCAL) >= 0;
  const std::string reason = is_flushed ? "" : hdf5_reason();
  if (!impl_->file.reset() || !is_flushed) {
    impl_->fail({}, "cannot be written completely. Check the space on the disk." + reason);
  }
}

const std::string& Hdf5File::where() const { return impl_->where; }

std::uint64_t Hdf5File::size() const { return impl_->bytes.size; }

Hdf5File::Kind Hdf5File::kind(const std::string& path) const {
  const Hdf5Session session;
  const Hdf5Handle object = impl_->find(path);
  if (!object.is_valid()) return Kind::kNone;
  const H5I_type_t type = H5Iget_type(object.id());
  return type == H5I_GROUP ? Kind::kGroup : type == H5I_DATASET ? Kind::kDataset : Kind::kOther;
}

std::vector<std::string> Hdf5File::members(const std::string& group) const {
  const Hdf5Session session;
  const Hdf5Handle object = impl_->open(group, H5I_GROUP);
  std::vector<std::string> names;
  if (H5Literate(object.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add_name, &names) < 0) {
    impl_->fail(group,
                "cannot be listed. The file is damaged, or the group has more than a million members." + hdf5_reason());
  }
  return names;
}

TensorSpec Hdf5File::spec(const std::string& dataset) const {
  const Hdf5Session session;
  return dataset_spec(impl_->open_values(dataset, H5I_DATASET).id(), impl_->bytes, impl_->name_of(dataset));
}

Tensor Hdf5File::read(const std::string& dataset) const {
  const Hdf5Session session;
  return read_dataset(impl_->open_values(dataset, H5I_DATASET).id(), impl_->bytes, impl_->name_of(dataset));
}

std::vector<std::string> Hdf5File::read_strings(const std::string& dataset) const {
  const Hdf5Session session;
  return read_text_dataset(impl_->open_values(dataset, H5I_DATASET).id(), impl_->bytes, impl_->name_of(dataset));
}

void Hdf5File::make_group(const std::string& path) {
  const Hdf5Session session;
  impl_->open_or_make_group(parts_of(path), path);
}

void Hdf5File::write(const std::string& dataset, const Tensor& values) {
  std::vector<std::string> parts = parts_of(dataset);
  if (parts.empty()) impl_->fail(dataset, "expected a name for the dataset; got none. Give one.");
  const std::string name = std::move(parts.back());
  parts.pop_back();
  const Hdf5Session session;
  write_dataset(impl_->open_or_make_group(parts, dataset).id(), name, values, impl_->name_of(dataset));
}

bool Hdf5File::has_attribute(const std::string& path, const std::string& name) const {
  const Hdf5Session session;
  return io::has_attribute(impl_->open(path).id(), name);
}

std::vector<std::string> Hdf5File::attributes(const std::string& path) const {
  const Hdf5Session session;
  return attribute_names(impl_->open_values(path).id(), impl_->bytes, impl_->name_of(path));
}

std::string Hdf5File::string_attribute(const std::string& path, const std::string& name) const {
  const Hdf5Session session;
  std::vector<std::string> strings =
      io::read_strings(impl_->open_values(path).id(), name, impl_->bytes, impl_->name_of(path));
  if (strings.size() == 1) return std::move(strings.front());
  impl_->fail(path, "expected one string in attribute " + in_quotes(name) + "; got " + std::to_string(strings.size()) +
                        ". Check that this file is of the right kind.");
}

Tensor Hdf5File::number_attribute(const std::string& path, const std::string& name) const {
  const Hdf5Session session;
  return read_numbers(impl_->open_values(path).id(), name, impl_->name_of(path));
}

bool Hdf5File::has_strings_attribute(const std::string& path, const std::string& name) const {
  const Hdf5Session session;
  const Hdf5Handle object = impl_->open(path);
  return io::has_attribute(object.id(), name) || io::has_attribute(object.id(), name + "0");
}

std::vector<std::string> Hdf5File::strings_attribute(const std::string& path, const std::string& name) const {
  const Hdf5Session session;
  const Hdf5Handle object = impl_->open_values(path);
  if (io::has_attribute(object.id(), name) || !io::has_attribute(object.id(), name + "0")) {
    return io::read_strings(object.id(), name, impl_->bytes, impl_->name_of(path));
  }
  std::vector<std::string> strings;
  for (int i = 0; io::has_attribute(object.id(), name + std::to_string(i)); ++i) {
    std::vector<std::string> part =
        io::read_strings(object.id(), name + std::to_string(i), impl_->bytes, impl_->name_of(path));
    std::move(part.begin(), part.end(), std::back_inserter(strings));
  }
  return strings;
}

void Hdf5File::set_attribute(const std::string& path, const std::string& name, const std::string& value) {
  const Hdf5Session session;
  write_string(impl_->open(path).id(), name, value, impl_->name_of(path));
}

void Hdf5File::set_attribute(const std::string& path, const std::string& name, const Tensor& value) {
  const Hdf5Session session;
  write_numbers(impl_->open(path).id(), name, value, impl_->name_of(path));
}

void Hdf5File::set_attribute(const std::string& path, const std::string& name, const std::vector<std::string>& values) {
  const Hdf5Session session;
  const Hdf5Handle object = impl_->open(path);
  const std::size_t num_parts = num_attribute_parts(values);
  if (num_parts == 1) return write_strings(object.id(), name, values, impl_->name_of(path));
  // As numpy.array_split: the first parts are one longer where the division leaves a rest.
  auto begin = values.begin();
  for (std::size_t i = 0; i < num_parts; ++i) {
    const std::size_t count = values.size() / num_parts + (i < values.size() % num_parts ? 1 : 0);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    write_fixed_strings(object.id(), name + std::to_string(i), {begin, end}, longest_of(values), impl_->name_of(path));
    begin = end;
  }
}

}  // namespace cornu::io
