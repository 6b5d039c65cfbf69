#include "io/hdf5_header.h"

#include <algorithm>

#include "io/size_limit.h"

namespace cornu::io {
namespace {

constexpr unsigned kDataspace = 0x01;
constexpr unsigned kDatatype = 0x03;
constexpr unsigned kExternalFiles = 0x07;
constexpr unsigned kLayout = 0x08;
constexpr unsigned kAttribute = 0x0c;
constexpr unsigned kContinuation = 0x10;
constexpr unsigned kSymbolTable = 0x11;
constexpr unsigned kAttributeInfo = 0x15;

constexpr unsigned kShared = 0x02;  // flag of a message that only refers to another place

// IV.A.2.d: false for a type that is cut short, and for an enumeration that is not h5py's bool, FALSE = 0 and TRUE = 1
// in one byte. HDF5 reads both beyond their end. The insides of compounds and arrays are left to HDF5.
bool is_sound_type(std::string_view type) {
  constexpr std::uint64_t kInteger = 0, kFloat = 1, kTime = 2, kBits = 4, kOpaque = 5, kEnumeration = 8, kVariable = 9;
  ByteCursor cursor(type);
  const std::uint64_t start = cursor.number(1), version = start >> 4, kind = start & 0x0f;
  const std::uint64_t bits = cursor.number(3), size = cursor.number(4);
  if (!cursor.is_good() || version < 1 || version > 5 || size == 0) return false;
  if (kind == kInteger || kind == kBits) cursor.take(4);
  if (kind == kFloat) cursor.take(12);
  if (kind == kTime) cursor.take(2);
  if (kind == kOpaque) cursor.take(bits & 0xff);  // its name
  if (kind == kVariable) return is_sound_type(cursor.take(cursor.left()));
  if (kind != kEnumeration) return cursor.is_good();

  const std::uint64_t base_kind = cursor.number(1) & 0x0f;
  cursor.take(3);
  const std::uint64_t base_size = cursor.number(4);
  cursor.take(4);
  if ((bits & 0xffff) != 2 || size != 1 || base_kind != kInteger || base_size != 1) return false;
  for (const std::string_view name : {"FALSE", "TRUE"}) {
    // Up to version 2 names are padded with zeros to a multiple of 8 bytes.
    const std::string_view found = cursor.take(version < 3 ? 8 : name.size() + 1);
    if (found.substr(0, found.find('\0')) != name || found.size() == name.size()) return false;
  }
  cursor.take(2);
  return cursor.is_good();
}

// IV.A.2.b: the number of elements, or nothing when the space is cut short or beyond all bounds.
std::optional<std::uint64_t> num_elements_of(std::string_view space) {
  constexpr std::uint64_t kMostDimensions = 32;
  ByteCursor cursor(space);
  const std::uint64_t version = cursor.number(1), rank = cursor.number(1), flags = cursor.number(1);
  const std::uint64_t kind = cursor.number(1);  // version 2 only; reserved before
  if (version < 1 || version > 2 || rank > kMostDimensions) return std::nullopt;
  if (version == 1) cursor.take(4);
  if (version == 2 && kind == 2) return 0;
  std::vector<std::int64_t> dims;
  for (std::uint64_t axis = 0; axis < rank; ++axis) dims.push_back(static_cast<std::int64_t>(cursor.number(8)));
  if (flags & 0x01) cursor.take(8 * rank);  // the largest sizes
  return cursor.is_good() ? checked_num_bytes(dims, 1) : std::nullopt;
}

// IV.A.2.m: nothing when it is cut short.
std::optional<Hdf5Header::Attribute> parse_attribute(std::string_view message) {
  ByteCursor cursor(message);
  const std::uint64_t version = cursor.number(1);
  const std::uint64_t shared_parts = cursor.number(1);
  const std::uint64_t name_size = cursor.number(2), type_size = cursor.number(2), space_size = cursor.number(2);
  // Types that several attributes share are kept elsewhere; neither h5py nor Keras does so unasked.
  if (version < 1 || version > 3 || (version > 1 && shared_parts != 0)) return std::nullopt;
  if (version == 3) cursor.take(1);  // the character set of the name
  const auto padded = [version](std::uint64_t size) { return version == 1 ? (size + 7) / 8 * 8 : size; };
  Hdf5Header::Attribute attribute;
  attribute.name = cursor.take(padded(name_size)).substr(0, static_cast<std::size_t>(name_size));
  attribute.type = cursor.take(padded(type_size)).substr(0, static_cast<std::size_t>(type_size));
  const std::string_view space = cursor.take(padded(space_size));
  attribute.values = cursor.take(cursor.left());
  const std::size_t name_end = attribute.name.find('\0');
  if (!cursor.is_good() || name_end == std::string_view::npos || !is_sound_type(attribute.type)) return std::nullopt;
  attribute.name = attribute.name.substr(0, name_end);
  ByteCursor type(attribute.type);
  type.take(4);
  const std::uint64_t element_size = type.number(4);
  const auto num_elements = num_elements_of(space);
  if (!num_elements || *num_elements > attribute.values.size() / element_size) return std::nullopt;
  return attribute;
}

// IV.A.2.r and III.D: false when the names in a group claim to take more than there is, which HDF5 would allocate.
bool is_sound_group(const Hdf5Bytes& file, std::string_view message) {
  ByteCursor table(message);
  table.take(8);
  const auto heap = file.block(table.number(8), 32);
  if (!table.is_good() || !heap || !heap->starts_with("HEAP")) return false;
  ByteCursor cursor(*heap);
  cursor.take(8);
  return cursor.number(8) <= file.size;
}

// IV.A.2.i: where the values of a dataset are. Versions 1 and 2 are older than HDF5 1.6.3 and what Keras was written
// with.
std::string objection_to_layout(std::string_view layout) {
  constexpr std::uint64_t kChunked = 2, kVirtual = 3;
  ByteCursor cursor(layout);
  const std::uint64_t version = cursor.number(1), kind = cursor.number(1);
  if (version != 3 && version != 4)
    return "a layout of version " + std::to_string(version) + ", which is too old or too new";
  if (kind == kVirtual) return "a virtual dataset, which refers to other files";
  if (kind != kChunked) return "";
  // HDF5 divides by the sizes of a chunk.
  if (version == 4) cursor.take(1);
  const std::uint64_t num_sizes = cursor.number(1);
  if (version == 3) cursor.take(8);
  const std::uint64_t width = version == 3 ? 4 : cursor.number(1);
  if (num_sizes < 2 || width < 1 || width > 8) return "chunks of unknown size";
  for (std::uint64_t i = 0; i < num_sizes; ++i) {
    if (cursor.number(static_cast<std::size_t>(width)) == 0) return "chunks of no size";
  }
  return "";
}

}  // namespace

std::optional<Hdf5Header> Hdf5Header::read(const Hdf5Bytes& file, std::uint64_t address) {
  Hdf5Header header;
  if (!header.read_first(file, address)) return std::nullopt;
  return header;
}

// IV.A.1.a and b: version 1 has no signature, version 2 begins with OHDR.
bool Hdf5Header::read_first(const Hdf5Bytes& file, std::uint64_t address) {
  constexpr std::size_t kPrefix = 16;
  const auto start = file.block(address, kPrefix);
  if (!start) return false;
  if (!start->starts_with("OHDR")) {
    ByteCursor prefix(*start);
    if (prefix.number(1) != 1) return false;
    prefix.take(7);
    return read_messages(file, address + kPrefix, prefix.number(4));
  }
  is_version_2_ = true;
  ByteCursor prefix(*start);
  prefix.take(5);
  const std::uint64_t flags = prefix.number(1);
  has_order_ = (flags & 0x04) != 0;
  std::uint64_t at = address + 6;
  if (flags & 0x20) at += 16;
  if (flags & 0x10) at += 4;
  const std::uint64_t width = std::uint64_t{1} << (flags & 3);
  const auto size = file.block(at, width);
  if (!size) return false;
  return read_messages(file, at + width, ByteCursor(*size).number(static_cast<std::size_t>(width)));
}

bool Hdf5Header::read_messages(const Hdf5Bytes& file, std::uint64_t address, std::uint64_t size) {
  // A header of more blocks than this is a loop.
  constexpr std::size_t kMostBlocks = 10000;
  auto block = file.block(address, size);
  if (!block || blocks_.size() == kMostBlocks) return false;
  ByteCursor cursor(blocks_.emplace_back(std::move(*block)));
  const std::size_t smallest = is_version_2_ ? (has_order_ ? 6 : 4) : 8;
  while (cursor.left() >= smallest) {
    Message message;
    message.type = static_cast<unsigned>(cursor.number(is_version_2_ ? 1 : 2));
    const std::uint64_t length = cursor.number(2);
    message.flags = static_cast<unsigned>(cursor.number(1));
    if (!is_version_2_) cursor.take(3);
    if (has_order_) cursor.take(2);
    message.data = cursor.take(length);
    if (!cursor.is_good()) return false;
    if (message.type == kContinuation && !read_continuation(file, message.data)) return false;
    messages_.push_back(message);
  }
  return true;
}

bool Hdf5Header::read_continuation(const Hdf5Bytes& file, std::string_view data) {
  ByteCursor cursor(data);
  const std::uint64_t address = cursor.number(8), size = cursor.number(8);
  if (!cursor.is_good()) return false;
  if (!is_version_2_) return read_messages(file, address, size);
  constexpr std::uint64_t kSignature = 4, kChecksum = 4;
  return size > kSignature + kChecksum && read_messages(file, address + kSignature, size - kSignature - kChecksum);
}

std::vector<Hdf5Header::Attribute> Hdf5Header::attributes() const {
  std::vector<Attribute> attributes;
  for (const Message& message : messages_) {
    if (message.type != kAttribute || (message.flags & kShared)) continue;
    if (const auto attribute = parse_attribute(message.data)) attributes.push_back(*attribute);
  }
  return attributes;
}

// IV.A.2.v
bool Hdf5Header::has_dense_attributes() const {
  return std::any_of(messages_.begin(), messages_.end(), [](const Message& message) {
    if (message.type != kAttributeInfo) return false;
    constexpr std::uint64_t kUndefined = ~std::uint64_t{0};
    ByteCursor cursor(message.data);
    cursor.take(1);
    const bool has_order = (cursor.number(1) & 0x01) != 0;
    if (has_order) cursor.take(2);
    return cursor.number(8) != kUndefined;
  });
}

std::string Hdf5Header::objection(const Hdf5Bytes& file) const {
  for (const Message& message : messages_) {
    switch (message.type) {
      case kDataspace:
        if (!num_elements_of(message.data)) return "a damaged shape";
        break;
      case kDatatype:
        if (message.flags & kShared) return "a type that is kept elsewhere in the file";
        if (!is_sound_type(message.data)) return "a damaged type, or an enumeration other than h5py's bool";
        break;
      case kExternalFiles: return "external storage, which refers to other files";
      case kLayout: {
        const std::string objection = objection_to_layout(message.data);
        if (!objection.empty()) return objection;
        break;
      }
      case kAttribute:
        if (message.flags & kShared) return "an attribute that is kept elsewhere in the file";
        if (!parse_attribute(message.data))
          return "a damaged attribute, or one of an enumeration other than h5py's bool";
        break;
      case kSymbolTable:
        if (!is_sound_group(file, message.data)) return "a damaged group";
        break;
      default: break;
    }
  }
  return "";
}

}  // namespace cornu::io
