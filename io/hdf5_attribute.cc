#include "io/hdf5_attribute.h"

#include <hdf5.h>

#include <algorithm>

#include "framework/error.h"
#include "io/hdf5_address.h"
#include "io/hdf5_header.h"
#include "io/hdf5_space.h"
#include "io/hdf5_text.h"
#include "io/hdf5_type.h"
#include "io/in_quotes.h"
#include "io/size_limit.h"

namespace cornu::io {
namespace {

// Keras splits what is longer than 64 KB, so anything near this is no attribute of a model.
constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;

[[noreturn]] void fail(const std::string& where, const std::string& name, const std::string& sentence) {
  throw FormatError(where + ", attribute " + in_quotes(name) + ": " + sentence, where);
}

// An open attribute whose declared size was checked.
struct Attribute {
  Hdf5Handle handle;
  Hdf5Handle type;
  Hdf5Handle space;
  Shape shape;
  bool is_empty = false;
  std::size_t count = 0;
  std::size_t element_size = 0;
};

Attribute open_attribute(hid_t object, const std::string& name, const std::string& where) {
  Attribute attribute;
  attribute.handle = Hdf5Handle(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.handle.is_valid()) {
    const std::string reason = hdf5_reason();
    fail(where, name, "expected it to be there; there is none. Check that this file is of the right kind." + reason);
  }
  attribute.type = Hdf5Handle(H5Aget_type(attribute.handle.id()), H5Tclose);
  attribute.space = Hdf5Handle(H5Aget_space(attribute.handle.id()), H5Sclose);
  if (!attribute.type.is_valid() || !attribute.space.is_valid()) {
    fail(where, name, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
  }
  const std::optional<Shape> shape = shape_of(attribute.space.id());
  attribute.is_empty = !shape;
  attribute.shape = shape ? *shape : Shape{0};
  attribute.element_size = H5Tget_size(attribute.type.id());
  const auto bytes = checked_num_bytes(attribute.shape.dims(), attribute.element_size);
  if (!bytes || *bytes > kMostBytes || attribute.element_size == 0) {
    fail(where, name,
         "expected at most " + std::to_string(kMostBytes) + " bytes; got shape " + attribute.shape.to_string() +
             " of elements of " + std::to_string(attribute.element_size) + " bytes. The file is damaged.");
  }
  attribute.count = static_cast<std::size_t>(*bytes) / attribute.element_size;
  return attribute;
}

void read_into(const Attribute& attribute, hid_t memory_type, void* to, const std::string& name,
               const std::string& where) {
  if (H5Aread(attribute.handle.id(), memory_type, to) >= 0) return;
  fail(where, name, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
}

std::optional<std::vector<std::string>> read_variable(hid_t object, const std::string& name, std::size_t count,
                                                      const Hdf5Bytes& file) {
  const std::optional<Hdf5Header> header = Hdf5Header::read(file, address_of(object));
  if (!header) return std::nullopt;
  for (const Hdf5Header::Attribute& attribute : header->attributes()) {
    if (attribute.name == name) return resolve_text(file, attribute.values, count);
  }
  return std::nullopt;
}

std::vector<std::string> read_fixed(const Attribute& attribute, const std::string& name, const std::string& where) {
  std::string bytes(attribute.count * attribute.element_size, '\0');
  read_into(attribute, attribute.type.id(), bytes.data(), name, where);
  return split_text(bytes, attribute.type.id());
}

void write(hid_t object, const std::string& name, const Hdf5Handle& type, const Shape& shape, const void* values,
           const std::string& where) {
  const Hdf5Handle space = space_of(shape);
  const Hdf5Handle attribute(H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                             H5Aclose);
  if (attribute.is_valid() && H5Awrite(attribute.id(), type.id(), values) >= 0) return;
  fail(where, name, "cannot be written. It may exist already or be longer than 64 KB." + hdf5_reason());
}

std::int64_t size_of_list(const std::vector<std::string>& values) { return static_cast<std::int64_t>(values.size()); }

}  // namespace

bool has_attribute(Hdf5Handle::Id object, const std::string& name) { return H5Aexists(object, name.c_str()) > 0; }

std::vector<std::string> attribute_names(Hdf5Handle::Id object, const Hdf5Bytes& file, const std::string& where) {
  // Not by H5Aget_name_by_idx, which crashes when one of the attributes is damaged.
  const std::optional<Hdf5Header> header = Hdf5Header::read(file, address_of(object));
  if (!header || header->has_dense_attributes()) {
    throw FormatError(
        where + ": the names of its attributes cannot be listed. The file is damaged, or keeps them in HDF5's dense " +
            "form: save it again with h5py's defaults.",
        where);
  }
  std::vector<std::string> names;
  for (const Hdf5Header::Attribute& attribute : header->attributes()) names.emplace_back(attribute.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> read_strings(Hdf5Handle::Id object, const std::string& name, const Hdf5Bytes& file,
                                      const std::string& where) {
  const Attribute attribute = open_attribute(object, name, where);
  if (attribute.is_empty || attribute.count == 0) return {};
  if (H5Tget_class(attribute.type.id()) != H5T_STRING) {
    fail(where, name,
         "expected text; got " + describe_type(attribute.type.id()) + ". Check that this file is of the right kind.");
  }
  if (H5Tis_variable_str(attribute.type.id()) <= 0) return read_fixed(attribute, name, where);
  std::optional<std::vector<std::string>> texts = read_variable(object, name, attribute.count, file);
  if (!texts) {
    fail(where, name,
         "cannot be read. The file is damaged, or was not written by h5py or Keras: copy it again or save it with "
         "h5py.");
  }
  return std::move(*texts);
}

Tensor read_numbers(Hdf5Handle::Id object, const std::string& name, const std::string& where) {
  const Attribute attribute = open_attribute(object, name, where);
  const std::optional<Hdf5Element> element = element_of(attribute.type.id(), false);
  if (!element || attribute.is_empty) {
    fail(
        where, name,
        "expected numbers; got " + describe_type(attribute.type.id()) + ". Check that this file is of the right kind.");
  }
  Tensor values = Tensor::empty(attribute.shape, element->dtype);
  if (attribute.count > 0) read_into(attribute, element->memory_type.id(), values.raw(), name, where);
  if (!make_valid(*element, values))
    fail(where, name, "expected numbers below 2^63; got larger ones, which no dtype holds.");
  return values;
}

void write_string(Hdf5Handle::Id object, const std::string& name, const std::string& value, const std::string& where) {
  const char* text = value.c_str();
  write(object, name, string_type(), {}, &text, where);
}

void write_strings(Hdf5Handle::Id object, const std::string& name, const std::vector<std::string>& values,
                   const std::string& where) {
  if (values.empty()) {
    const double none = 0;  // HDF5 wants an address even for no values
    return write(object, name, file_type_of(DType::kFloat64), {0}, &none, where);
  }
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values) texts.push_back(value.c_str());
  write(object, name, string_type(), {size_of_list(values)}, texts.data(), where);
}

void write_fixed_strings(Hdf5Handle::Id object, const std::string& name, const std::vector<std::string>& values,
                         std::size_t length, const std::string& where) {
  std::string bytes;
  for (const std::string& value : values) {
    bytes += value;
    bytes.append(length - value.size(), '\0');
  }
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), length);
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  write(object, name, type, {size_of_list(values)}, bytes.data(), where);
}

void write_numbers(Hdf5Handle::Id object, const std::string& name, const Tensor& values, const std::string& where) {
  write(object, name, file_type_of(values.dtype()), values.shape(), values.raw(), where);
}

}  // namespace cornu::io
