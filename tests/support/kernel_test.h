#pragma once

#include <string>

#include "framework/kernel.h"
#include "framework/operation.h"
#include "framework/tensor.h"

namespace cornu::test {

/// What the operation's rule says about outputs for these inputs.
TensorSpecs inferred(const std::string& operation, const Attributes& attributes, const Tensors& inputs);

/// Runs the kernel of one backend on values, packing inputs that it wants packed. Scratch memory and outputs are filled
/// with NaN bytes before, so that what a kernel forgets to write shows; all operands lie once at the beginning and once
/// at the end of their pages, so that one that reads or writes beyond them ends the test (guarded_memory.h). Fails the
/// running case where there is no such kernel.
Tensors run_kernel(Backend backend, const std::string& operation, const Attributes& attributes, const Tensors& inputs);

/// Runs a kernel on values in the same way.
Tensors run_kernel(const Kernel& kernel, const Tensors& inputs, const TensorSpecs& outputs);

/// Uniform float32 values in [low, high), the same for the same seed.
Tensor uniform_float32(const Shape& shape, std::uint64_t seed, double low = -1.0, double high = 1.0);

/// The same values, or their magnitudes, in float64.
Tensor widened(const Tensor& x, bool absolute = false);

/// Compares the CPU kernel with the float64 reference kernel: |actual - expected| <= tolerance * scale, element by
/// element, where `scale` is the same operation on the absolute values of the inputs, in float64, without any
/// activation: what the rounding errors of its sums are proportional to. Float32 inputs only; all outputs are compared.
void check_against_reference(const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                             double tolerance);

}  // namespace cornu::test
