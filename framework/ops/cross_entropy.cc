#include "framework/ops/cross_entropy.h"

#include <numeric>

#include "framework/error.h"
#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/softmax.h"

namespace cornu::ops {
namespace {

// Outputs: the loss, and log(sum(exp(logits))), from which the gradient is made without another sum.
TensorSpecs infer_cross_entropy(std::span<const TensorSpec> inputs, const Attributes&) {
  const Shape& logits = inputs[0].shape;
  const Shape& labels = inputs[1].shape;
  if (logits.empty() || !logits.slice(0, -1).is_compatible_with(labels)) {
    throw ShapeError(
        "sparse_softmax_cross_entropy: expected logits (..., classes) and labels (...); got logits of shape " +
            logits.to_string() + " and labels of shape " + labels.to_string() +
            ". Remove a last axis of size 1 from labels with squeeze",
        {}, "sparse_softmax_cross_entropy");
  }
  const TensorSpec row{logits.slice(0, -1), inputs[0].dtype};
  return {row, row};
}

// Inputs: logits, labels, log(sum(exp(logits))), gradient of the loss.
TensorSpecs infer_gradient(std::span<const TensorSpec> inputs, const Attributes&) { return {inputs[0]}; }

// (softmax(logits) - one_hot(labels)) * dloss
Tensors gradient_composition(const Tensors& inputs) {
  const Tensor& logits = inputs[0];
  std::vector<std::int32_t> classes(static_cast<std::size_t>(logits.shape().back()));
  std::iota(classes.begin(), classes.end(), 0);
  const Tensor hit = equal(expand_dims(inputs[1], -1), Tensor::copy(classes, {logits.shape().back()}));
  const Tensor difference = exp(logits - expand_dims(inputs[2], -1)) - cast(hit, logits.dtype());
  return {difference * expand_dims(inputs[3], -1)};
}

const Operation& kGradient = register_operation({.name = "sparse_softmax_cross_entropy_gradient",
                                                 .infer = infer_gradient,
                                                 .gradient = [](const Node& node, const Tensors& g) {
                                                   return gradients_of_composition(gradient_composition, node, g);
                                                 }});

// d loss = (softmax - one_hot) dloss; the sum's logarithm has the gradient softmax.
Tensors cross_entropy_gradient(const Node& node, const Tensors& g) {
  const Tensor& logits = node.input(0);
  const Tensor total = node.output(1);
  Tensor result;
  if (g[0].defined()) result = apply_single(kGradient, {logits, node.input(1), total, g[0]});
  if (g[1].defined()) {
    const Tensor through_total = exp(logits - expand_dims(total, -1)) * expand_dims(g[1], -1);
    result = result.defined() ? result + through_total : through_total;
  }
  return {result, {}};
}

const Operation& kSparseSoftmaxCrossEntropy = register_operation(
    {.name = "sparse_softmax_cross_entropy", .infer = infer_cross_entropy, .gradient = cross_entropy_gradient});

}  // namespace

Tensor sparse_softmax_cross_entropy(const Tensor& logits, const Tensor& labels) {
  if (!is_integer(labels.dtype())) {
    throw DTypeError(std::string("sparse_softmax_cross_entropy: expected integer labels; got ") +
                         name_of(labels.dtype()) + ". Cast them, or use softmax_cross_entropy for distributions",
                     {}, "sparse_softmax_cross_entropy");
  }
  const Tensor x = is_floating(logits.dtype()) ? logits.strong() : cast(logits, DType::kFloat32);
  return apply_single(kSparseSoftmaxCrossEntropy, {x, cast(labels, DType::kInt32)});
}

Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& target) {
  return negative(sum(target * log_softmax(logits), {.axis = -1}));
}

}  // namespace cornu::ops
