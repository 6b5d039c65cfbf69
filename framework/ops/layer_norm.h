#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::ops {

struct NormOptions {
  std::int64_t num_axes = 1;  ///< how many trailing axes are normalised together
  double epsilon = 1e-3;      ///< added to the variance
};

/// Normalises each sample by the mean and variance of its trailing axes:
/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
///
/// **Inputs** x, floating; gamma and beta of the shape of the normalised axes, or undefined for 1 and 0.
/// **Throws** ShapeError for gamma or beta of another shape; InvalidArgument for more axes than x has, or none.
/// **See**: Ba et al. (2016), `keras.ops.layer_normalization` with trailing axes.
Tensor layer_norm(const Tensor& x, const Tensor& gamma = {}, const Tensor& beta = {}, const NormOptions& options = {});

/// `x / sqrt(mean(x^2) + epsilon) * gamma` over the trailing axes: neither centred nor shifted.
/// **Throws** as `layer_norm`. **See**: Zhang and Sennrich (2019), `keras.ops.rms_normalization`.
Tensor rms_norm(const Tensor& x, const Tensor& gamma = {}, const NormOptions& options = {.epsilon = 1e-6});

}  // namespace cornu::ops
