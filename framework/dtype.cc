#include "framework/dtype.h"

#include <array>
#include <bit>
#include <cmath>

#include "framework/error.h"

namespace cornu {
namespace {

struct DTypeRow {
  DType dtype;
  const char* name;
  std::size_t size;
};

constexpr std::array<DTypeRow, 10> kRows{{{DType::kFloat32, "float32", 4},
                                          {DType::kFloat64, "float64", 8},
                                          {DType::kFloat16, "float16", 2},
                                          {DType::kBFloat16, "bfloat16", 2},
                                          {DType::kInt8, "int8", 1},
                                          {DType::kInt32, "int32", 4},
                                          {DType::kInt64, "int64", 8},
                                          {DType::kUInt8, "uint8", 1},
                                          {DType::kUInt32, "uint32", 4},
                                          {DType::kBool, "bool", 1}}};

const DTypeRow& row_of(DType dtype) { return kRows[static_cast<std::size_t>(dtype)]; }

DType wider_float(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::kFloat64 || b == DType::kFloat64) return DType::kFloat64;
  return DType::kFloat32;  // float32 with anything smaller, and float16 with bfloat16
}

DType wider_integer(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::kBool) return b;
  if (b == DType::kBool) return a;
  const auto is_signed = [](DType d) { return d == DType::kInt8 || d == DType::kInt32 || d == DType::kInt64; };
  if (is_signed(a) == is_signed(b)) return size_of(a) > size_of(b) ? a : b;
  const DType s = is_signed(a) ? a : b;
  const DType u = is_signed(a) ? b : a;
  if (size_of(s) > size_of(u)) return s;
  // A signed type that holds both: int16 does not exist here, so uint8 with int8 goes to int32.
  return size_of(u) >= 4 ? DType::kInt64 : DType::kInt32;
}

DType promote(DType a, DType b) {
  if (is_floating(a) && is_floating(b)) return wider_float(a, b);
  if (is_floating(a)) return a;
  if (is_floating(b)) return b;
  return wider_integer(a, b);
}

}  // namespace

Half::Half(float value) {
  const std::uint32_t x = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (x >> 16) & 0x8000u;
  const std::uint32_t magnitude = x & 0x7fffffffu;
  std::uint32_t result = 0;
  if (magnitude > 0x7f800000u) {
    result = 0x7e00u;  // NaN
  } else if (magnitude >= 0x477ff000u) {
    result = 0x7c00u;  // rounds to infinity
  } else if (magnitude < 0x33000001u) {
    result = 0;  // rounds to zero
  } else if (magnitude < 0x38800000u) {
    // Subnormal: shift the mantissa with its leading one, rounding to nearest even.
    const std::uint32_t shift = 126u - (magnitude >> 23);
    const std::uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    const std::uint32_t half = 1u << (shift - 1);
    const std::uint32_t rest = mantissa & ((1u << shift) - 1);
    result = mantissa >> shift;
    if (rest > half || (rest == half && (result & 1u))) ++result;
  } else {
    const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    result = (rounded - 0x38000000u) >> 13;
  }
  bits = static_cast<std::uint16_t>(sign | result);
}

Half::operator float() const {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fu;
  const std::uint32_t mantissa = bits & 0x3ffu;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    return sign ? -magnitude : magnitude;
  }
  const std::uint32_t wide =
      exponent == 31 ? 0x7f800000u | (mantissa << 13) : ((exponent + 112u) << 23) | (mantissa << 13);
  return std::bit_cast<float>(sign | wide);
}

BFloat16::BFloat16(float value) {
  const std::uint32_t x = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) {
    bits = static_cast<std::uint16_t>((x >> 16) | 0x40u);
  } else {
    bits = static_cast<std::uint16_t>((x + 0x7fffu + ((x >> 16) & 1u)) >> 16);
  }
}

BFloat16::operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::size_t size_of(DType dtype) { return row_of(dtype).size; }

const char* name_of(DType dtype) { return row_of(dtype).name; }

DType dtype_of(std::string_view name) {
  std::string known;
  for (const DTypeRow& row : kRows) {
    if (name == row.name) return row.dtype;
    known += known.empty() ? "\"" : ", \"";
    known += std::string(row.name) + "\"";
  }
  throw DTypeError("unknown dtype \"" + std::string(name) + "\"; cornu has " + known);
}

bool is_floating(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}

bool is_integer(DType dtype) { return !is_floating(dtype) && dtype != DType::kBool; }

DType result_type(const std::vector<DTypeOperand>& operands) {
  bool any_strong = false;
  bool any_weak_float = false;
  bool any_weak_integer = false;
  DType strong = DType::kBool;
  for (const DTypeOperand& operand : operands) {
    if (operand.weak && operand.dtype != DType::kBool) {
      (is_floating(operand.dtype) ? any_weak_float : any_weak_integer) = true;
    } else {
      strong = any_strong ? promote(strong, operand.dtype) : operand.dtype;
      any_strong = true;
    }
  }
  if (any_weak_float && (!any_strong || !is_floating(strong))) return DType::kFloat32;
  if (any_weak_integer && (!any_strong || strong == DType::kBool)) return DType::kInt32;
  return strong;
}

}  // namespace cornu
