#pragma once

#include <functional>

#include "framework/tensor.h"

namespace cornu::test {

/// Uniform float64 values in [low, high), the same for the same seed.
Tensor uniform(const Shape& shape, std::uint64_t seed, double low = -1.0, double high = 1.0);

/// Compares the gradients of `function`, taken by a GradientTape, with central differences in float64.
///
/// The function's outputs are multiplied by fixed random weights and summed, so that no direction is blind. Fails the
/// running Boost.Test case with the input, the element and both numbers where they differ by more than `tolerance`
/// relative to the largest gradient. Inputs must be float64; keep them away from kinks by more than 1e-4.
void check_gradients(const std::function<Tensors(const Tensors& inputs)>& function, const Tensors& inputs,
                     double tolerance = 1e-5);

/// `check_gradients` of the function and of its gradients: the second derivatives.
void check_second_gradients(const std::function<Tensors(const Tensors& inputs)>& function, const Tensors& inputs,
                            double tolerance = 1e-4);

/// Fails the running case unless both have one spec and agree: |a - b| <= atol + rtol |b|; NaN equals NaN.
void check_close(const Tensor& actual, const Tensor& expected, double rtol = 1e-5, double atol = 1e-6);

}  // namespace cornu::test
