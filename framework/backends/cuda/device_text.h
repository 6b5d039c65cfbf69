#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "framework/dtype.h"

namespace cornu::cuda {

/// The files NAME.cuh of this folder, one after the other; cmake/Cuda.cmake puts them into the library.
std::string device_text(std::initializer_list<std::string_view> names);

/// The element type of device_types.cuh: "device::Float32".
const char* device_type(DType dtype);

/// How many operands a kernel can have: it has 32,764 bytes for their addresses on the cards that are served.
inline constexpr std::size_t kMaxOperands = 4095;

}  // namespace cornu::cuda
