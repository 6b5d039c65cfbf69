#include "io/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "framework/error.h"
#include "io/atomic_file.h"
#include "io/in_quotes.h"
#include "io/size_limit.h"
#include "io/stored_element.h"

namespace cornu::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = std::size_t{1} << 16;

// NumPy's limit.
constexpr std::int64_t kMostDimensions = 64;

[[noreturn]] void fail(const std::string& where, const std::string& sentence) {
  throw FormatError(where + ": " + sentence, where);
}

struct Header {
  std::string descr;
  bool fortran_order = false;
  Shape shape;
};

// The header is a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& where) : rest_(text), where_(where) {}

  Header parse() {
    Header header;
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = parse_string();
      expect(':');
      if (key == "descr") {
        has_descr = true;
        if (peek() == '[')
          fail(where_, "expected an array of numbers; got one of records. Save each field as an array of its own.");
        header.descr = parse_string();
      } else if (key == "fortran_order") {
        has_order = true;
        header.fortran_order = parse_bool();
      } else if (key == "shape") {
        has_shape = true;
        header.shape = parse_shape();
      } else {
        bad();
      }
      if (!accept(',') && peek() != '}') bad();
    }
    if (!has_descr || !has_order || !has_shape || peek() != '\0') bad();
    return header;
  }

 private:
  [[noreturn]] void bad() const {
    fail(where_, "expected NumPy's header with descr, fortran_order and shape; got another. The file is damaged.");
  }

  char peek() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    return rest_.empty() ? '\0' : rest_.front();
  }

  bool accept(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c)) bad();
  }

  std::string parse_string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') bad();
    rest_.remove_prefix(1);
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) bad();
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool parse_bool() {
    peek();
    for (const std::string_view word : {"True", "False"}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return word == "True";
    }
    bad();
  }

  Shape parse_shape() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      if (shape.rank() == kMostDimensions) bad();
      peek();
      std::int64_t dim = 0;
      const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dim);
      if (end.ec != std::errc() || dim < 0) bad();
      rest_.remove_prefix(static_cast<std::size_t>(end.ptr - rest_.data()));
      accept('L');  // Python 2 wrote its long integers so
      shape.push_back(dim);
      if (!accept(',') && peek() != ')') bad();
    }
    return shape;
  }

  std::string_view rest_;
  const std::string& where_;
};

StoredElement element_of(const std::string& descr, const std::string& where) {
  std::string_view rest = descr;
  StoredElement element;
  if (!rest.empty() && std::string_view("<>|=").find(rest.front()) != std::string_view::npos) {
    element.is_big_endian = rest.front() == '>';
    rest.remove_prefix(1);
  }
  const char kind = rest.empty() ? '\0' : rest.front();
  if (kind == 'O') {
    fail(where,
         "expected an array of numbers; got pickled Python objects, which could run code when read. Save numbers "
         "instead.");
  }
  const std::string_view digits = rest.substr(std::min<std::size_t>(1, rest.size()));
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), element.size);
  const bool is_number = end.ec == std::errc() && end.ptr == digits.data() + digits.size();
  constexpr std::string_view kKinds = "biuf";
  const std::size_t found = kind == '\0' ? std::string_view::npos : kKinds.find(kind);
  if (found != std::string_view::npos) element.kind = static_cast<StoredElement::Kind>(found);
  if (!is_number || found == std::string_view::npos || !dtype_of(element)) {
    fail(where, "expected bool, integers or floats of up to 8 bytes; got the NumPy type " + in_quotes(descr) +
                    ". Convert with .astype(\"float32\") before saving.");
  }
  return element;
}

// From the first dimension running fastest to the last one running fastest.
Tensor to_row_major(const Tensor& reversed, const Shape& shape) {
  Tensor result = Tensor::empty(shape, reversed.dtype());
  const std::size_t size = size_of(reversed.dtype());
  const auto* from = static_cast<const char*>(reversed.raw());
  auto* to = static_cast<char*>(result.raw());
  const auto rank = static_cast<std::size_t>(shape.rank());
  std::vector<std::size_t> strides(rank, size);
  for (std::size_t axis = 1; axis < rank; ++axis) {
    strides[axis] = strides[axis - 1] * static_cast<std::size_t>(shape.dims()[axis - 1]);
  }
  std::vector<std::int64_t> index(rank, 0);
  std::size_t offset = 0;
  for (std::int64_t i = 0; i < result.num_elements(); ++i, to += size) {
    std::memcpy(to, from + offset, size);
    for (std::size_t axis = rank; axis-- > 0;) {
      offset += strides[axis];
      if (++index[axis] < shape.dims()[axis]) break;
      offset -= strides[axis] * static_cast<std::size_t>(index[axis]);
      index[axis] = 0;
    }
  }
  return result;
}

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis)
    text += (axis == 0 ? "" : ", ") + std::to_string(shape[axis]);
  return text + (shape.rank() == 1 ? ",)" : ")");
}

const char* descr_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "<f4";
    case DType::kFloat64: return "<f8";
    case DType::kFloat16: return "<f2";
    case DType::kInt8: return "|i1";
    case DType::kInt32: return "<i4";
    case DType::kInt64: return "<i8";
    case DType::kUInt8: return "|u1";
    case DType::kUInt32: return "<u4";
    case DType::kBool: return "|b1";
    case DType::kBFloat16: break;
  }
  throw DTypeError(
      "write_npy: expected a dtype that NumPy knows; got bfloat16. Cast to float32, which holds the same values.");
}

std::string header_of(const Tensor& values) {
  std::string text = "{'descr': '";
  text += descr_of(values.dtype());
  text += "', 'fortran_order': False, 'shape': " + shape_text(values.shape()) + ", }";
  // NumPy leaves room for the first dimension to grow to 21 digits, and aligns the numbers to 64 bytes.
  if (values.rank() > 0) text.append(21 - std::to_string(values.shape().front()).size(), ' ');
  constexpr std::size_t kAlignment = 64, kPrefix = 10;
  const std::size_t used = kPrefix + text.size() + 1;
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text += '\n';
  const auto length = static_cast<unsigned>(text.size());
  std::string header(kMagic);
  header += {'\x01', '\x00', static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  return header + text;
}

std::string_view bytes_of(const Tensor& values) { return {static_cast<const char*>(values.raw()), values.num_bytes()}; }

}  // namespace

Tensor read_npy(ByteReader& reader) {
  std::array<unsigned char, 8> start;
  reader.read_exactly(start.data(), start.size(), "header");
  if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
    fail(reader.where(),
         "expected a NumPy array; got a file of another format. Check that it was written by numpy.save.");
  }
  const unsigned version = start[6];
  if (version < 1 || version > 3) {
    fail(reader.where(), "expected NumPy's format 1, 2 or 3; got " + std::to_string(version) +
                             ". Save it with a NumPy that writes these.");
  }
  std::array<unsigned char, 4> length_bytes{};
  reader.read_exactly(length_bytes.data(), version == 1 ? 2 : 4, "header");
  std::uint32_t length = 0;
  std::memcpy(&length, length_bytes.data(), sizeof(length));
  if (length > kLongestHeader)
    fail(reader.where(),
         "expected a header of at most 64 KB; got " + std::to_string(length) + " bytes. The file is damaged.");
  std::string text(length, '\0');
  reader.read_exactly(text.data(), text.size(), "header");

  const Header header = HeaderParser(text, reader.where()).parse();
  const StoredElement element = element_of(header.descr, reader.where());
  const std::uint64_t left =
      reader.size() - std::min<std::uint64_t>(reader.size(), start.size() + (version == 1 ? 2 : 4) + length);
  const auto expected = checked_num_bytes(header.shape.dims(), element.size);
  // The second check is for the tensor, whose elements may be wider than those of the file.
  if (!expected || *expected != left || !checked_num_bytes(header.shape.dims(), sizeof(std::int64_t))) {
    fail(reader.where(), "expected " + (expected ? std::to_string(*expected) : "too many") +
                             " bytes of numbers for shape " + header.shape.to_string() + "; got " +
                             std::to_string(left) +
                             ". The file was cut short or is damaged: copy or download it again.");
  }
  if (!header.fortran_order || header.shape.rank() < 2) return read_elements(reader, element, header.shape);
  return to_row_major(read_elements(reader, element, header.shape), header.shape);
}

Tensor read_npy(const std::string& path) { return read_npy(*open_file(path)); }

std::string npy_bytes(const Tensor& values) { return header_of(values).append(bytes_of(values)); }

void write_npy(const std::string& path, const Tensor& values) {
  const std::string header = header_of(values);
  AtomicFile file(path);
  file.write(header);
  file.write(bytes_of(values));
  file.commit();
}

}  // namespace cornu::io
