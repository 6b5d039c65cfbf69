#include "io/hdf5_type.h"

#include <hdf5.h>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace cornu::io {
namespace {

// Conversions in HDF5 end in the order of the machine; the file types below are written without one.
static_assert(std::endian::native == std::endian::little, "cornu runs on little-endian machines");

Hdf5Handle copy_of(hid_t type) { return {H5Tcopy(type), H5Tclose}; }

// A 2-byte float: sign, `exponent` bits, `mantissa` bits.
Hdf5Handle small_float(std::size_t exponent, std::size_t mantissa) {
  Hdf5Handle type = copy_of(H5T_IEEE_F32LE);
  H5Tset_fields(type.id(), 15, mantissa, exponent, 0, mantissa);
  H5Tset_size(type.id(), 2);
  H5Tset_ebias(type.id(), (std::size_t{1} << (exponent - 1)) - 1);
  return type;
}

Hdf5Handle half_type() { return small_float(5, 10); }
Hdf5Handle bfloat16_number_type() { return small_float(8, 7); }

std::optional<Hdf5Element> integer_element(hid_t type) {
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  switch (H5Tget_size(type)) {
    case 1:
      return is_signed ? Hdf5Element{DType::kInt8, copy_of(H5T_NATIVE_INT8)}
                       : Hdf5Element{DType::kUInt8, copy_of(H5T_NATIVE_UINT8)};
    case 2: return Hdf5Element{DType::kInt32, copy_of(H5T_NATIVE_INT32)};
    case 4:
      return is_signed ? Hdf5Element{DType::kInt32, copy_of(H5T_NATIVE_INT32)}
                       : Hdf5Element{DType::kUInt32, copy_of(H5T_NATIVE_UINT32)};
    case 8:
      return is_signed ? Hdf5Element{DType::kInt64, copy_of(H5T_NATIVE_INT64)}
                       : Hdf5Element{DType::kInt64, copy_of(H5T_NATIVE_UINT64), true};
    default: return std::nullopt;
  }
}

std::optional<Hdf5Element> float_element(hid_t type) {
  std::size_t sign = 0, exponent_at = 0, exponent = 0, mantissa_at = 0, mantissa = 0;
  if (H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa) < 0) return std::nullopt;
  switch (H5Tget_size(type)) {
    case 2:
      if (exponent == 5 && mantissa == 10) return Hdf5Element{DType::kFloat16, half_type()};
      if (exponent == 8 && mantissa == 7) return Hdf5Element{DType::kBFloat16, bfloat16_number_type()};
      return std::nullopt;
    case 4: return Hdf5Element{DType::kFloat32, copy_of(H5T_NATIVE_FLOAT)};
    case 8: return Hdf5Element{DType::kFloat64, copy_of(H5T_NATIVE_DOUBLE)};
    default: return std::nullopt;
  }
}

// h5py's bool: an enumeration of one byte with FALSE = 0 and TRUE = 1.
bool is_boolean(hid_t type) {
  if (H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
  std::int8_t false_value = -1, true_value = -1;
  return H5Tenum_valueof(type, "FALSE", &false_value) >= 0 && false_value == 0 &&
         H5Tenum_valueof(type, "TRUE", &true_value) >= 0 && true_value == 1;
}

}  // namespace

std::optional<Hdf5Element> element_of(Hdf5Handle::Id file_type, bool is_marked_bfloat16) {
  switch (H5Tget_class(file_type)) {
    case H5T_INTEGER: return integer_element(file_type);
    case H5T_FLOAT: return float_element(file_type);
    case H5T_ENUM:
      if (!is_boolean(file_type)) return std::nullopt;
      return Hdf5Element{DType::kBool, copy_of(file_type)};
    case H5T_OPAQUE:
      if (!is_marked_bfloat16 || H5Tget_size(file_type) != 2) return std::nullopt;
      return Hdf5Element{DType::kBFloat16, copy_of(file_type)};
    default: return std::nullopt;
  }
}

bool make_valid(const Hdf5Element& element, Tensor& values) {
  if (element.dtype == DType::kBool) {
    // Whatever the bytes of a damaged file are, a C++ bool must be 0 or 1.
    auto* bytes = static_cast<unsigned char*>(values.raw());
    std::transform(bytes, bytes + values.num_bytes(), bytes, [](unsigned char byte) { return byte != 0; });
  }
  if (!element.is_uint64) return true;
  const auto numbers = values.data<std::int64_t>();
  return std::none_of(numbers.begin(), numbers.end(), [](std::int64_t number) { return number < 0; });
}

Hdf5Handle file_type_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return copy_of(H5T_IEEE_F32LE);
    case DType::kFloat64: return copy_of(H5T_IEEE_F64LE);
    case DType::kFloat16: return half_type();
    case DType::kBFloat16: return {H5Tcreate(H5T_OPAQUE, 2), H5Tclose};
    case DType::kInt8: return copy_of(H5T_STD_I8LE);
    case DType::kInt32: return copy_of(H5T_STD_I32LE);
    case DType::kInt64: return copy_of(H5T_STD_I64LE);
    case DType::kUInt8: return copy_of(H5T_STD_U8LE);
    case DType::kUInt32: return copy_of(H5T_STD_U32LE);
    case DType::kBool: break;
  }
  Hdf5Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
  const std::int8_t zero = 0, one = 1;
  H5Tenum_insert(type.id(), "FALSE", &zero);
  H5Tenum_insert(type.id(), "TRUE", &one);
  return type;
}

std::string describe_type(Hdf5Handle::Id type) {
  const std::string bytes = " of " + std::to_string(H5Tget_size(type)) + " bytes";
  switch (H5Tget_class(type)) {
    case H5T_INTEGER: return "an integer" + bytes;
    case H5T_FLOAT: return "a float" + bytes;
    case H5T_STRING: return "a string";
    case H5T_BITFIELD: return "a bit field";
    case H5T_OPAQUE: return "an opaque type" + bytes;
    case H5T_COMPOUND: return "a compound";
    case H5T_REFERENCE: return "a reference";
    case H5T_ENUM: return "an enumeration";
    case H5T_VLEN: return "a list of variable length";
    case H5T_ARRAY: return "an array type";
    default: return "an unknown type";
  }
}

std::vector<std::string> split_text(std::string_view bytes, Hdf5Handle::Id text_type) {
  const std::size_t length = std::max<std::size_t>(H5Tget_size(text_type), 1);
  const bool is_space_padded = H5Tget_strpad(text_type) == H5T_STR_SPACEPAD;
  std::vector<std::string> strings;
  for (std::size_t begin = 0; begin + length <= bytes.size(); begin += length) {
    std::string_view text = bytes.substr(begin, length);
    text = is_space_padded ? text.substr(0, text.find_last_not_of(' ') + 1) : text.substr(0, text.find('\0'));
    strings.emplace_back(text);
  }
  return strings;
}

Hdf5Handle string_type() {
  Hdf5Handle type = copy_of(H5T_C_S1);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

}  // namespace cornu::io
