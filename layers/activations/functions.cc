#include "layers/activations/functions.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "framework/error.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/diagonal.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reduce.h"
#include "framework/ops/softmax.h"
#include "framework/ops/sort.h"
#include "framework/ops/where.h"
#include "layers/activations/activation_function.h"

namespace cornu::activations {

Tensor relu(const Tensor& x, const ReluOptions& options) {
  const double slope = options.negative_slope;
  const double threshold = options.threshold;
  if (slope != 0.0 && !options.max_value && threshold == 0.0) return leaky_relu(x, slope);
  Tensor y = threshold != 0.0 ? ops::where(x > threshold, x, 0.0) : ops::relu(x);
  if (options.max_value) y = ops::minimum(y, *options.max_value);
  if (slope != 0.0) y = y - ops::relu(threshold - x) * slope;
  return y;
}

Tensor relu6(const Tensor& x) { return relu(x, {.max_value = 6.0}); }

Tensor leaky_relu(const Tensor& x, double negative_slope) { return ops::where(x > 0.0, x, x * negative_slope); }

Tensor elu(const Tensor& x, double alpha) {
  // The exponential sees no positive number: where() would multiply its overflow by 0 on the way back.
  return ops::where(x > 0.0, x, ops::expm1(ops::minimum(x, 0.0)) * alpha);
}

Tensor selu(const Tensor& x) {
  constexpr double kAlpha = 1.6732632423543772848170429916717;
  constexpr double kScale = 1.0507009873554804934193349852946;
  return elu(x, kAlpha) * kScale;
}

Tensor celu(const Tensor& x, double alpha) { return ops::relu(x) + ops::expm1(ops::minimum(x, 0.0) / alpha) * alpha; }

Tensor gelu(const Tensor& x, bool approximate) {
  if (approximate) {
    const double factor = std::sqrt(2.0 / std::numbers::pi);
    return x * 0.5 * (ops::tanh((x + x * x * x * 0.044715) * factor) + 1.0);
  }
  return x * 0.5 * (ops::erf(x * (1.0 / std::numbers::sqrt2)) + 1.0);
}

Tensor softmax(const Tensor& x, std::int64_t axis) { return ops::softmax(x, axis); }

Tensor log_softmax(const Tensor& x, std::int64_t axis) { return ops::log_softmax(x, axis); }

Tensor sigmoid(const Tensor& x) { return ops::sigmoid(x); }

Tensor log_sigmoid(const Tensor& x) { return -ops::softplus(-x); }

Tensor hard_sigmoid(const Tensor& x) { return relu6(x + 3.0) / 6.0; }

Tensor hard_silu(const Tensor& x) { return x * hard_sigmoid(x); }

Tensor hard_tanh(const Tensor& x) { return ops::clip(x, -1.0, 1.0); }

Tensor hard_shrink(const Tensor& x, double threshold) { return ops::where(ops::absolute(x) > threshold, x, 0.0); }

Tensor soft_shrink(const Tensor& x, double threshold) {
  return ops::where(x > threshold, x - threshold, ops::where(x < -threshold, x + threshold, 0.0));
}

Tensor tanh_shrink(const Tensor& x) { return x - ops::tanh(x); }

Tensor threshold(const Tensor& x, double threshold, double default_value) {
  return ops::where(x > threshold, x, default_value);
}

Tensor softplus(const Tensor& x) { return ops::softplus(x); }

Tensor softsign(const Tensor& x) { return x / (ops::absolute(x) + 1.0); }

Tensor squareplus(const Tensor& x, double b) { return (x + ops::sqrt(ops::square(x) + b)) / 2.0; }

Tensor silu(const Tensor& x) { return x * ops::sigmoid(x); }

Tensor mish(const Tensor& x) { return x * ops::tanh(ops::softplus(x)); }

Tensor exponential(const Tensor& x) { return ops::exp(x); }

Tensor linear(const Tensor& x) { return x; }

Tensor glu(const Tensor& x, std::int64_t axis) {
  if (x.shape()[axis] != kUnknown && x.shape()[axis] % 2 != 0) {
    throw ShapeError("glu: axis " + std::to_string(axis) + " must have an even size; got " + x.shape().to_string());
  }
  const Tensors halves = ops::split(x, 2, axis);
  return halves[0] * ops::sigmoid(halves[1]);
}

Tensor sparse_plus(const Tensor& x) {
  return ops::where(x <= -1.0, 0.0, ops::where(x < 1.0, ops::square(x + 1.0) * 0.25, x));
}

Tensor sparse_sigmoid(const Tensor& x) {
  return ops::where(x <= -1.0, 0.0, ops::where(x >= 1.0, 1.0, (x + 1.0) * 0.5));
}

Tensor sparsemax(const Tensor& x, std::int64_t axis) {
  const std::int64_t size = x.shape()[axis];
  if (size == kUnknown) {
    throw ShapeError("sparsemax: axis " + std::to_string(axis) + " must have a known size; got " +
                     x.shape().to_string());
  }
  const Tensor logits = ops::moveaxis(x, axis, -1);
  const Tensor sorted = ops::top_k(logits, size).values;
  const Tensor partial_sums = ops::matmul(sorted, ops::triu(ops::ones({size, size}, x.dtype())));
  std::vector<float> positions(static_cast<std::size_t>(size));
  std::iota(positions.begin(), positions.end(), 1.0f);
  const Tensor position = ops::cast(Tensor::copy(positions, {size}), x.dtype());
  const Tensor support = sorted - (partial_sums - 1.0) / position > 0.0;
  const ReduceOptions last{.axis = -1, .keepdims = true};
  const Tensor threshold =
      (ops::sum(ops::where(support, partial_sums, 0.0), last) - 1.0) / ops::sum(ops::cast(support, x.dtype()), last);
  return ops::moveaxis(ops::relu(logits - threshold), -1, axis);
}

Tensor tanh(const Tensor& x) { return ops::tanh(x); }

namespace {

using Unary = Tensor (*)(const Tensor&);

bool add(const char* name, ActivationFunction::Function function) {
  return register_activation(name, std::move(function));
}

// `threshold` needs two more arguments, so it has no name here; Keras knows the name and fails when the layer is
// called.
const bool kRegistered = [] {
  add("relu", [](const Tensor& x) { return relu(x); });
  add("leaky_relu", [](const Tensor& x) { return leaky_relu(x); });
  add("elu", [](const Tensor& x) { return elu(x); });
  add("celu", [](const Tensor& x) { return celu(x); });
  add("gelu", [](const Tensor& x) { return gelu(x); });
  add("softmax", [](const Tensor& x) { return softmax(x); });
  add("log_softmax", [](const Tensor& x) { return log_softmax(x); });
  add("hard_shrink", [](const Tensor& x) { return hard_shrink(x); });
  add("soft_shrink", [](const Tensor& x) { return soft_shrink(x); });
  add("squareplus", [](const Tensor& x) { return squareplus(x); });
  add("glu", [](const Tensor& x) { return glu(x); });
  add("sparsemax", [](const Tensor& x) { return sparsemax(x); });
  const std::pair<const char*, Unary> unary[] = {{"relu6", relu6},
                                                 {"selu", selu},
                                                 {"sigmoid", sigmoid},
                                                 {"log_sigmoid", log_sigmoid},
                                                 {"hard_sigmoid", hard_sigmoid},
                                                 {"hard_silu", hard_silu},
                                                 {"hard_swish", hard_silu},
                                                 {"hard_tanh", hard_tanh},
                                                 {"tanh_shrink", tanh_shrink},
                                                 {"softplus", softplus},
                                                 {"softsign", softsign},
                                                 {"silu", silu},
                                                 {"swish", silu},
                                                 {"mish", mish},
                                                 {"exponential", exponential},
                                                 {"linear", linear},
                                                 {"sparse_plus", sparse_plus},
                                                 {"sparse_sigmoid", sparse_sigmoid},
                                                 {"tanh", tanh}};
  for (const auto& [name, function] : unary) add(name, function);
  return true;
}();

}  // namespace

}  // namespace cornu::activations
