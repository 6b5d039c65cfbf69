#include "framework/ops/batch_norm.h"

#include "framework/error.h"
#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/shape_of.h"

namespace cornu::ops {
namespace {

constexpr const char* kName = "batch_norm_training";

std::vector<std::int64_t> axes_before_last(const Tensor& x) {
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 0; i + 1 < x.rank(); ++i) axes.push_back(i);
  return axes;
}

// Inputs: x, gamma, beta. Outputs: y, mean, variance.
TensorSpecs infer_training(std::span<const TensorSpec> inputs, const Attributes&) {
  const TensorSpec& x = inputs[0];
  if (x.shape.rank() < 2) {
    throw ShapeError(
        std::string(kName) + ": expected x of shape (..., channels) with two axes or more; got " + x.shape.to_string(),
        {}, kName);
  }
  const Shape channels{x.shape.back()};
  for (std::size_t i = 1; i < 3; ++i) {
    if (!inputs[i].shape.is_compatible_with(channels)) {
      throw ShapeError(std::string(kName) + ": expected " + (i == 1 ? "gamma" : "beta") + " of shape " +
                           channels.to_string() + ", one value for each channel of x " + x.shape.to_string() +
                           "; got " + inputs[i].shape.to_string(),
                       {}, kName);
    }
  }
  return {x, {channels, x.dtype}, {channels, x.dtype}};
}

// Inputs: x, mean, variance, gamma, dy. Outputs: dx, dgamma, dbeta.
TensorSpecs infer_gradient(std::span<const TensorSpec> inputs, const Attributes&) {
  return {inputs[0], inputs[3], inputs[3]};
}

// With z = (x - mean) r and r = 1 / sqrt(variance + epsilon), over the n elements of a channel:
//   dbeta = sum(dy), dgamma = sum(dy z), dx = gamma r (dy - dbeta / n - z dgamma / n)
Tensors gradient_composition(const Tensors& inputs, double epsilon) {
  const Tensor& x = inputs[0];
  const Tensor& dy = inputs[4];
  const ReduceOptions over_batch{.axis = axes_before_last(x)};
  const Tensor r = rsqrt(inputs[2] + epsilon);
  const Tensor z = (x - inputs[1]) * r;
  const Tensor dbeta = sum(dy, over_batch);
  const Tensor dgamma = sum(dy * z, over_batch);
  const Tensor count = cast(count_along(x, over_batch.axis), x.dtype());
  return {inputs[3] * r * (dy - dbeta / count - z * (dgamma / count)), dgamma, dbeta};
}

const Operation& kGradient = register_operation(
    {.name = "batch_norm_gradient", .infer = infer_gradient, .gradient = [](const Node& node, const Tensors& g) {
       const double epsilon = node.attributes().number("epsilon");
       return gradients_of_composition([&](const Tensors& inputs) { return gradient_composition(inputs, epsilon); },
                                       node, g);
     }});

// What reaches x by way of the outputs mean and variance: d mean = sum(dx) / n, d variance = 2 sum((x - mean) dx) / n.
Tensor gradient_through_statistics(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor count = cast(count_along(x, axes_before_last(x)), x.dtype());
  Tensor result;
  const auto add = [&](const Tensor& term) { result = result.defined() ? result + term : term; };
  if (g[1].defined()) add(g[1] / count);
  if (g[2].defined()) add((x - node.output(1)) * (g[2] * 2.0 / count));
  return result;
}

Tensors training_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor through_statistics = gradient_through_statistics(node, g);
  // The mean alone does not know the shape of x.
  if (!g[0].defined()) return {through_statistics + x * 0.0, {}, {}};
  Tensors result = apply(kGradient, {x, node.output(1), node.output(2), node.input(1), g[0]}, node.attributes());
  if (through_statistics.defined()) result[0] = result[0] + through_statistics;
  return result;
}

const Operation& kTraining =
    register_operation({.name = kName, .infer = infer_training, .gradient = training_gradient});

}  // namespace

BatchNormResult batch_norm_training(const Tensor& x, const Tensor& gamma, const Tensor& beta, double epsilon) {
  const Tensor input = is_floating(x.dtype()) ? x.strong() : cast(x, DType::kFloat32);
  const Tensors outputs =
      apply(kTraining, {input, cast(gamma, input.dtype()), cast(beta, input.dtype())}, {{"epsilon", epsilon}});
  return {outputs[0], outputs[1], outputs[2]};
}

Tensor batch_norm_inference(const Tensor& x, const Tensor& mean, const Tensor& variance, const Tensor& gamma,
                            const Tensor& beta, double epsilon) {
  Tensor scale = rsqrt(variance + epsilon);
  if (gamma.defined()) scale = scale * gamma;
  const Tensor y = (x - mean) * scale;
  return beta.defined() ? y + beta : y;
}

}  // namespace cornu::ops
