#include "framework/ops/layer_norm.h"

#include "framework/error.h"
#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/shape_of.h"

namespace cornu::ops {
namespace {

// One operation serves layer_norm and rms_norm: with "centered" false the mean counts as 0.
// Inputs: x, gamma, beta. Outputs: y; mean and 1 / sqrt(variance + epsilon), with the normalised axes as size 1.
TensorSpecs infer_layer_norm(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const TensorSpec& x = inputs[0];
  const std::int64_t num_axes = attributes.integer("num_axes");
  const std::int64_t leading = x.shape.rank() - num_axes;
  if (num_axes < 1 || leading < 0) {
    throw InvalidArgument("layer_norm: expected num_axes between 1 and the rank of x; got " + std::to_string(num_axes) +
                              " for shape " + x.shape.to_string(),
                          {}, "layer_norm");
  }
  const Shape normalised = x.shape.slice(leading);
  for (std::size_t i = 1; i < 3; ++i) {
    if (!inputs[i].shape.is_compatible_with(normalised)) {
      throw ShapeError(std::string("layer_norm: expected ") + (i == 1 ? "gamma" : "beta") + " of shape " +
                           normalised.to_string() + ", as the normalised axes of x " + x.shape.to_string() + "; got " +
                           inputs[i].shape.to_string(),
                       {}, "layer_norm");
    }
  }
  Shape rows = x.shape;
  for (std::int64_t i = leading; i < rows.rank(); ++i) rows[i] = 1;
  return {x, {rows, x.dtype}, {rows, x.dtype}};
}

// Inputs: x, mean, rstd, gamma, dy. Outputs: dx, dgamma, dbeta.
TensorSpecs infer_gradient(std::span<const TensorSpec> inputs, const Attributes&) {
  return {inputs[0], inputs[3], inputs[3]};
}

struct NormAxes {
  std::vector<std::int64_t> leading;
  std::vector<std::int64_t> normalised;
};

NormAxes axes_of(const Tensor& x, const Attributes& attributes) {
  NormAxes axes;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    (i < x.rank() - attributes.integer("num_axes") ? axes.leading : axes.normalised).push_back(i);
  }
  return axes;
}

// With z = (x - mean) rstd and h = gamma dy, means over the normalised axes:
//   dx = rstd (h - mean(h) - z mean(h z)), without mean(h) if not centred; dgamma = sum(dy z), dbeta = sum(dy)
Tensors gradient_composition(const Tensors& inputs, const Attributes& attributes) {
  const Tensor& x = inputs[0];
  const Tensor& rstd = inputs[2];
  const Tensor& dy = inputs[4];
  const NormAxes axes = axes_of(x, attributes);
  const ReduceOptions over_row{.axis = axes.normalised, .keepdims = true};
  const Tensor z = (x - inputs[1]) * rstd;
  const Tensor h = inputs[3] * dy;
  Tensor inner = h - z * mean(h * z, over_row);
  if (attributes.flag("centered")) inner = inner - mean(h, over_row);
  return {rstd * inner, sum(dy * z, {.axis = axes.leading}), sum(dy, {.axis = axes.leading})};
}

const Operation& kGradient = register_operation(
    {.name = "layer_norm_gradient", .infer = infer_gradient, .gradient = [](const Node& node, const Tensors& g) {
       return gradients_of_composition(
           [&](const Tensors& inputs) { return gradient_composition(inputs, node.attributes()); }, node, g);
     }});

// What reaches x by way of the outputs: d mean = sum(dx) / n, d rstd = -rstd^3 sum((x - mean) dx) / n.
Tensor gradient_through_statistics(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor rstd = node.output(2);
  const Tensor count = cast(count_along(x, axes_of(x, node.attributes()).normalised), x.dtype());
  Tensor result;
  const auto add = [&](const Tensor& term) { result = result.defined() ? result + term : term; };
  if (g[1].defined() && node.attributes().flag("centered")) add(g[1] / count);
  if (g[2].defined()) add((x - node.output(1)) * negative(g[2] * rstd * rstd * rstd / count));
  return result;
}

Tensors layer_norm_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor through_statistics = gradient_through_statistics(node, g);
  if (!g[0].defined()) {
    // The mean alone does not know the shape of x.
    return {through_statistics.defined() ? through_statistics + x * 0.0 : Tensor(), {}, {}};
  }
  Tensors result = apply(kGradient, {x, node.output(1), node.output(2), node.input(1), g[0]}, node.attributes());
  if (through_statistics.defined()) result[0] = result[0] + through_statistics;
  return result;
}

const Operation& kLayerNorm =
    register_operation({.name = "layer_norm", .infer = infer_layer_norm, .gradient = layer_norm_gradient});

Tensor normalised(const Tensor& x, const Tensor& gamma, const Tensor& beta, const NormOptions& options, bool centered) {
  const Tensor input = is_floating(x.dtype()) ? x.strong() : cast(x, DType::kFloat32);
  const Shape shape = input.shape().slice(std::max<std::int64_t>(input.rank() - options.num_axes, 0));
  return apply(kLayerNorm,
               {input, gamma.defined() ? cast(gamma, input.dtype()) : ones(shape, input.dtype()),
                beta.defined() ? cast(beta, input.dtype()) : zeros(shape, input.dtype())},
               {{"num_axes", options.num_axes}, {"epsilon", options.epsilon}, {"centered", centered}})[0];
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Tensor& gamma, const Tensor& beta, const NormOptions& options) {
  return normalised(x, gamma, beta, options, true);
}

Tensor rms_norm(const Tensor& x, const Tensor& gamma, const NormOptions& options) {
  return normalised(x, gamma, {}, options, false);
}

}  // namespace cornu::ops
