#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cornu {

/// Element type of a tensor. `kBool` takes one byte an element, 0 or 1.
enum class DType : std::uint8_t {
  kFloat32,
  kFloat64,
  kFloat16,
  kBFloat16,
  kInt8,
  kInt32,
  kInt64,
  kUInt8,
  kUInt32,
  kBool
};

inline constexpr DType float32 = DType::kFloat32;
inline constexpr DType float64 = DType::kFloat64;
inline constexpr DType float16 = DType::kFloat16;
inline constexpr DType bfloat16 = DType::kBFloat16;
inline constexpr DType int8 = DType::kInt8;
inline constexpr DType int32 = DType::kInt32;
inline constexpr DType int64 = DType::kInt64;
inline constexpr DType uint8 = DType::kUInt8;
inline constexpr DType uint32 = DType::kUInt32;
inline constexpr DType boolean = DType::kBool;

/// IEEE half precision as stored; arithmetic happens in float.
struct Half {
  std::uint16_t bits = 0;
  Half() = default;
  explicit Half(float value);
  explicit operator float() const;
};

/// The upper half of a float32 as stored, rounded to nearest even; arithmetic happens in float.
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  explicit BFloat16(float value);
  explicit operator float() const;
};

/// Bytes per element.
std::size_t size_of(DType dtype);

/// Keras' name: "float32", "bool", ...
const char* name_of(DType dtype);

/// Inverse of `name_of`. **Throws** DTypeError for an unknown name, listing the known ones.
DType dtype_of(std::string_view name);

bool is_floating(DType dtype);
bool is_integer(DType dtype);

/// Type of a result computed from these operands, by Keras' promotion rules (`keras.backend.result_type`): the wider
/// float wins, an integer with a float gives the float, float16 with bfloat16 gives float32. `weak` marks C++ numbers,
/// which adapt to the tensors they meet: a floating one turns integers into float32, an integer one changes no tensor
/// but bool.
struct DTypeOperand {
  DType dtype;
  bool weak = false;
};
DType result_type(const std::vector<DTypeOperand>& operands);

/// Maps a C++ type to its DType: `dtype_for<float>()`.
template <typename T> constexpr DType dtype_for();
template <> constexpr DType dtype_for<float>() { return DType::kFloat32; }
template <> constexpr DType dtype_for<double>() { return DType::kFloat64; }
template <> constexpr DType dtype_for<Half>() { return DType::kFloat16; }
template <> constexpr DType dtype_for<BFloat16>() { return DType::kBFloat16; }
template <> constexpr DType dtype_for<std::int8_t>() { return DType::kInt8; }
template <> constexpr DType dtype_for<std::int32_t>() { return DType::kInt32; }
template <> constexpr DType dtype_for<std::int64_t>() { return DType::kInt64; }
template <> constexpr DType dtype_for<std::uint8_t>() { return DType::kUInt8; }
template <> constexpr DType dtype_for<std::uint32_t>() { return DType::kUInt32; }
template <> constexpr DType dtype_for<bool>() { return DType::kBool; }

/// Calls `f` with a value-initialised element of the C++ type of `dtype`: `visit_dtype(d, [&](auto zero) { ... })`.
template <typename F> decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::kFloat32: return f(float{});
    case DType::kFloat64: return f(double{});
    case DType::kFloat16: return f(Half{});
    case DType::kBFloat16: return f(BFloat16{});
    case DType::kInt8: return f(std::int8_t{});
    case DType::kInt32: return f(std::int32_t{});
    case DType::kInt64: return f(std::int64_t{});
    case DType::kUInt8: return f(std::uint8_t{});
    case DType::kUInt32: return f(std::uint32_t{});
    case DType::kBool: break;
  }
  return f(bool{});
}

}  // namespace cornu
