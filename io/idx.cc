#include "io/idx.h"

#include <algorithm>
#include <array>

#include "framework/error.h"
#include "io/gzip_reader.h"
#include "io/size_limit.h"
#include "io/stored_element.h"

namespace cornu::io {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& sentence) {
  throw FormatError(where + ": " + sentence, where);
}

StoredElement element_of(unsigned code, const std::string& where) {
  using Kind = StoredElement::Kind;
  switch (code) {
    case 0x08: return {Kind::kUnsigned, 1, true};
    case 0x09: return {Kind::kSigned, 1, true};
    case 0x0b: return {Kind::kSigned, 2, true};
    case 0x0c: return {Kind::kSigned, 4, true};
    case 0x0d: return {Kind::kFloat, 4, true};
    case 0x0e: return {Kind::kFloat, 8, true};
    default:
      fail(where, "expected an IDX file; got element type " + std::to_string(code) +
                      ", which IDX does not have. The file is damaged.");
  }
}

}  // namespace

Tensor read_idx(const std::string& path) {
  const std::unique_ptr<ByteReader> reader = open_maybe_gzipped(path);
  const std::string& where = reader->where();
  std::array<unsigned char, 4> magic;
  reader->read_exactly(magic.data(), magic.size(), "header");
  if (magic[0] != 0 || magic[1] != 0) fail(where, "expected an IDX file; got another format. Check the path.");
  const StoredElement element = element_of(magic[2], where);
  Shape shape;
  for (unsigned axis = 0; axis < magic[3]; ++axis) {
    std::array<unsigned char, 4> bytes;
    reader->read_exactly(bytes.data(), bytes.size(), "header");
    shape.push_back((std::int64_t{bytes[0]} << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
  }
  // 1. No memory for more than the file can hold; this also bounds the wider elements of a tensor.
  const auto expected = checked_num_bytes(shape.dims(), element.size);
  const std::uint64_t header_size = magic.size() + 4 * static_cast<std::uint64_t>(shape.rank());
  if (!expected || *expected > reader->size() - std::min(reader->size(), header_size) ||
      !checked_num_bytes(shape.dims(), sizeof(std::int64_t))) {
    fail(where, "expected numbers for shape " + shape.to_string() +
                    ", as the header says; the file is too short for them. It was cut " +
                    "short or is damaged: copy or download it again.");
  }
  // 2. The numbers, which must be all there is.
  Tensor values = read_elements(*reader, element, shape);
  char more = 0;
  if (reader->read(&more, 1) != 0) {
    fail(where, "expected the file to end after shape " + shape.to_string() +
                    ", as the header says; it goes on. The file is damaged.");
  }
  return values;
}

}  // namespace cornu::io
