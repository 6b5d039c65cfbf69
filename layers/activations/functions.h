#pragma once

#include <cstdint>
#include <optional>

#include "framework/tensor.h"

/// The functions behind the names that layers take as `activation`. **See**: functions of the same name in
/// `keras.activations`. Elementwise ones are compositions that the executor fuses into one pass.
namespace cornu::activations {

/// Options of relu, in Keras' order.
struct ReluOptions {
  double negative_slope = 0.0;           ///< slope below the threshold
  std::optional<double> max_value = {};  ///< where it saturates
  double threshold = 0.0;                ///< values up to it count as negative
};

/// `max(x, 0)`, and with options Keras' general form: `max_value` for `x >= max_value`, `x` for `threshold < x <
/// max_value`, `negative_slope * (x - threshold)` else.
Tensor relu(const Tensor& x, const ReluOptions& options = {});
/// `min(max(x, 0), 6)`
Tensor relu6(const Tensor& x);
/// `x` above 0, `negative_slope * x` else.
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.2);
/// `x` above 0, `alpha * (exp(x) - 1)` else. **See**: Clevert et al., 2016.
Tensor elu(const Tensor& x, double alpha = 1.0);
/// `scale * elu(x, alpha)` with the constants that keep mean and variance. **See**: Klambauer et al., 2017.
Tensor selu(const Tensor& x);
/// `max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)`. **See**: Barron, 2017.
Tensor celu(const Tensor& x, double alpha = 1.0);
/// `x * P(X <= x)` for a standard normal X; `approximate` takes the tanh form. **See**: Hendrycks and Gimpel, 2016.
Tensor gelu(const Tensor& x, bool approximate = false);
/// `exp(x) / sum(exp(x))` along an axis.
Tensor softmax(const Tensor& x, std::int64_t axis = -1);
/// `x - log(sum(exp(x)))` along an axis.
Tensor log_softmax(const Tensor& x, std::int64_t axis = -1);
Tensor sigmoid(const Tensor& x);
/// `log(sigmoid(x))` without underflow.
Tensor log_sigmoid(const Tensor& x);
/// `relu6(x + 3) / 6`
Tensor hard_sigmoid(const Tensor& x);
/// `x * hard_sigmoid(x)`; Keras calls it hard_swish too.
Tensor hard_silu(const Tensor& x);
/// `x` between -1 and 1.
Tensor hard_tanh(const Tensor& x);
/// `x` where it is further than `threshold` from 0, else 0.
Tensor hard_shrink(const Tensor& x, double threshold = 0.5);
/// `x` moved by `threshold` towards 0, where it stays.
Tensor soft_shrink(const Tensor& x, double threshold = 0.5);
/// `x - tanh(x)`
Tensor tanh_shrink(const Tensor& x);
/// `x` above the threshold, `default_value` else.
Tensor threshold(const Tensor& x, double threshold, double default_value);
/// `log(1 + exp(x))`
Tensor softplus(const Tensor& x);
/// `x / (1 + |x|)`
Tensor softsign(const Tensor& x);
/// `(x + sqrt(x^2 + b)) / 2`
Tensor squareplus(const Tensor& x, double b = 4.0);
/// `x * sigmoid(x)`; Keras calls it swish too.
Tensor silu(const Tensor& x);
/// `x * tanh(softplus(x))`
Tensor mish(const Tensor& x);
/// `exp(x)`
Tensor exponential(const Tensor& x);
/// `x`
Tensor linear(const Tensor& x);
/// The first half of an axis times the sigmoid of the second. **Throws** ShapeError when it cannot be halved.
Tensor glu(const Tensor& x, std::int64_t axis = -1);
/// 0 below -1, `(x + 1)^2 / 4` up to 1, `x` above.
Tensor sparse_plus(const Tensor& x);
/// 0 below -1, `(x + 1) / 2` up to 1, 1 above.
Tensor sparse_sigmoid(const Tensor& x);
/// Keras' sparsemax along an axis, number for number: the threshold is taken from the sum of all partial sums over the
/// support, so that rows with more than one entry there do not add up to 1 as those of Martins and Astudillo, 2016, do.
Tensor sparsemax(const Tensor& x, std::int64_t axis = -1);
Tensor tanh(const Tensor& x);

}  // namespace cornu::activations
