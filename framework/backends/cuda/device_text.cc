#include "framework/backends/cuda/device_text.h"

#include <stdexcept>
#include <utility>

namespace cornu::cuda {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
#include "framework/backends/cuda/device_texts.inc"
};

}  // namespace

std::string device_text(std::initializer_list<std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    const std::size_t before = text.size();
    for (const auto& [known, content] : kTexts) {
      if (known == name) text += content;
    }
    if (text.size() == before) throw std::logic_error("there is no " + std::string(name) + ".cuh");
    text += "\n";
  }
  return text;
}

const char* device_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "device::Float32";
    case DType::kFloat64: return "device::Float64";
    case DType::kFloat16: return "device::Float16";
    case DType::kBFloat16: return "device::BFloat16";
    case DType::kInt8: return "device::Int8";
    case DType::kInt32: return "device::Int32";
    case DType::kInt64: return "device::Int64";
    case DType::kUInt8: return "device::UInt8";
    case DType::kUInt32: return "device::UInt32";
    case DType::kBool: break;
  }
  return "device::Bool";
}

}  // namespace cornu::cuda
