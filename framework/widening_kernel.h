#pragma once

#include <memory>

#include "framework/kernel.h"

namespace cornu {

/// The request with float32 in place of float16 and bfloat16.
TensorSpecs widened(std::span<const TensorSpec> specs);

/// A kernel for float16 or bfloat16 operands that runs `wide`, a kernel for the same request in float32: it widens the
/// inputs, packs those that the kernel wants packed, and rounds the outputs.
std::unique_ptr<Kernel> make_widening_kernel(const KernelRequest& request, std::unique_ptr<Kernel> wide);

}  // namespace cornu
