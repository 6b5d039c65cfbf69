#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// What `batch_norm_training` gives.
struct BatchNormResult {
  Tensor y;         ///< normalised, scaled and shifted, the shape of x
  Tensor mean;      ///< `(channels,)`, of this batch
  Tensor variance;  ///< `(channels,)`, of this batch, divided by the number of elements (biased), as Keras keeps it
};

/// Normalises every channel by its mean and variance over all other axes:
/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
///
/// **Inputs** x `(..., channels)`, floating; gamma and beta `(channels,)`, of the same dtype.
/// **Throws** ShapeError for gamma or beta of another shape.
/// **See**: Ioffe and Szegedy (2015), `keras.layers.BatchNormalization` with `training=True`.
BatchNormResult batch_norm_training(const Tensor& x, const Tensor& gamma, const Tensor& beta, double epsilon = 1e-3);

/// The same with a mean and a variance that are given, such as moving averages. `gamma` and `beta` may be undefined.
/// **See**: `keras.ops.batch_normalization`.
Tensor batch_norm_inference(const Tensor& x, const Tensor& mean, const Tensor& variance, const Tensor& gamma,
                            const Tensor& beta, double epsilon = 1e-3);

}  // namespace cornu::ops
