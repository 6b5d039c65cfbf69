#pragma once

#include <memory>
#include <utility>

#include "framework/kernel.h"

namespace cornu::backends {

/// A kernel that is a function object: `return make_kernel([=](const KernelArguments& arguments) {...});`
template <typename F> class FunctionKernel final : public Kernel {
 public:
  explicit FunctionKernel(F function) : function_(std::move(function)) {}
  void run(const KernelArguments& arguments) const override { function_(arguments); }

 private:
  F function_;
};

template <typename F> std::unique_ptr<Kernel> make_kernel(F function) {
  return std::make_unique<FunctionKernel<F>>(std::move(function));
}

/// The `i`-th input or output as elements of a type.
template <typename T> const T* input_of(const KernelArguments& arguments, std::size_t i) {
  return static_cast<const T*>(arguments.inputs[i]);
}
template <typename T> T* output_of(const KernelArguments& arguments, std::size_t i) {
  return static_cast<T*>(arguments.outputs[i]);
}

}  // namespace cornu::backends
