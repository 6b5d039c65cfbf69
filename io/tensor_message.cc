#include "io/tensor_message.h"

#include <bit>
#include <type_traits>

#include "io/tensorboard.pb.h"

namespace cornu::io {

static_assert(std::endian::native == std::endian::little, "tensor_content is little-endian");

int data_type_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return tensorboard::DT_FLOAT;
    case DType::kFloat64: return tensorboard::DT_DOUBLE;
    case DType::kFloat16: return tensorboard::DT_HALF;
    case DType::kBFloat16: return tensorboard::DT_BFLOAT16;
    case DType::kInt8: return tensorboard::DT_INT8;
    case DType::kInt32: return tensorboard::DT_INT32;
    case DType::kInt64: return tensorboard::DT_INT64;
    case DType::kUInt8: return tensorboard::DT_UINT8;
    case DType::kUInt32: return tensorboard::DT_UINT32;
    case DType::kBool: break;
  }
  return tensorboard::DT_BOOL;
}

int data_type_of(ForeignDType dtype) {
  return dtype == ForeignDType::kString ? tensorboard::DT_STRING : tensorboard::DT_RESOURCE;
}

void write_shape(const Shape& shape, tensorboard::TensorShape& message) {
  for (const std::int64_t size : shape) message.add_dim()->set_size(size);
}

void write_tensor(const Tensor& tensor, tensorboard::Tensor& message) {
  message.set_dtype(static_cast<tensorboard::DataType>(data_type_of(tensor.dtype())));
  write_shape(tensor.shape(), *message.mutable_tensor_shape());
  if (tensor.num_elements() != 1) {
    message.set_tensor_content(tensor.raw(), tensor.num_bytes());
    return;
  }
  visit_dtype(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T value = tensor.data<T>()[0];
    if constexpr (std::is_same_v<T, float>) message.add_float_val(value);
    if constexpr (std::is_same_v<T, double>) message.add_double_val(value);
    if constexpr (std::is_same_v<T, std::int64_t>) message.add_int64_val(value);
    if constexpr (std::is_same_v<T, std::uint32_t>) message.add_uint32_val(value);
    if constexpr (std::is_same_v<T, bool>) message.add_bool_val(value);
    if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) message.add_half_val(value.bits);
    if constexpr (std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::uint8_t>)
      message.add_int_val(value);
  });
}

void write_tensor(const StringTensor& tensor, tensorboard::Tensor& message) {
  message.set_dtype(tensorboard::DT_STRING);
  write_shape(tensor.shape, *message.mutable_tensor_shape());
  for (const std::string& value : tensor.values) message.add_string_val(value);
}

}  // namespace cornu::io
