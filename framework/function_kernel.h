#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "framework/kernel.h"

namespace cornu {

/// A kernel whose `run` is a function object, called with its `KernelArguments`.
///
/// For kernels that need no more than the sizes and pointers that a lambda captures. The function object is called
/// from several threads at once, so what it captures stays as it is.
template <typename F> class FunctionKernel final : public Kernel {
 public:
  FunctionKernel(F function, std::size_t scratch_bytes)
      : function_(std::move(function)), scratch_bytes_(scratch_bytes) {}
  void run(const KernelArguments& arguments) const override { function_(arguments); }
  std::size_t scratch_bytes() const override { return scratch_bytes_; }

 private:
  F function_;
  std::size_t scratch_bytes_;
};

template <typename F> std::unique_ptr<Kernel> make_kernel(F function, std::size_t scratch_bytes = 0) {
  return std::make_unique<FunctionKernel<F>>(std::move(function), scratch_bytes);
}

}  // namespace cornu
