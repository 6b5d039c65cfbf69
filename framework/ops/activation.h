#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Nonlinear functions with gradients of their own, element by element. The rest of Keras' activations are composed of
/// these in `layers/activations`. **See**: `keras.ops`.
Tensor relu(const Tensor& x);
/// `1 / (1 + exp(-x))`
Tensor sigmoid(const Tensor& x);
Tensor tanh(const Tensor& x);
/// `log(1 + exp(x))` without overflow.
Tensor softplus(const Tensor& x);

}  // namespace cornu::ops
