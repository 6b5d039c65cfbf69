#pragma once

#include <cstddef>

#include "framework/kernel.h"

namespace cornu {

/// The `i`-th input or output of a kernel as elements of a type.
template <typename T> const T* input_of(const KernelArguments& arguments, std::size_t i) {
  return static_cast<const T*>(arguments.inputs[i]);
}
template <typename T> T* output_of(const KernelArguments& arguments, std::size_t i) {
  return static_cast<T*>(arguments.outputs[i]);
}

}  // namespace cornu
