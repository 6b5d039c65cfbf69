#pragma once

#include <string>

#include "framework/attributes.h"
#include "framework/kernel.h"
#include "framework/tensor.h"

namespace cornu::test {

/// Compares the CPU kernel with the reference kernel by `check_close`, output by output, and fails the running case
/// unless the CPU kernel gives the same bits with 1, 2 and 4 threads.
void check_cpu_kernel(const std::string& operation, const Attributes& attributes, const Tensors& inputs, double rtol,
                      double atol);

/// The same values as float32, for kernels that serve no other dtype.
Tensor as_float32(const Tensor& values);

}  // namespace cornu::test
