#include "framework/ops/simple_rnn.h"

#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/matmul.h"

namespace cornu::ops {
namespace {

constexpr std::int64_t kGates = 1;
constexpr std::int64_t kStates = 1;

// Outputs of "simple_rnn".
enum Output : std::size_t { kOutput, kLastH, kHidden, kActivations };
// Inputs of "simple_rnn_gradient"; the mask, if there is one, follows.
enum GradientInput : std::size_t { kGOutput, kGH, kRecurrentKernel, kActivated, kMask };

TensorSpecs infer_simple_rnn(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return infer_recurrence(inputs, kStates, kGates, attributes);
}

TensorSpecs infer_simple_rnn_gradient(std::span<const TensorSpec> inputs, const Attributes&) {
  return {inputs[kActivated], inputs[kGH]};
}

Tensors simple_rnn_by_steps(const Tensors& inputs, const Attributes& attributes) {
  const Tensor& recurrent_kernel = inputs[1];
  return recurrence_by_steps(inputs, kStates, attributes, [&](const Tensor& z, const Tensors& states) -> CellStep {
    const Tensor h = sequence_activation(attributes.string("activation"), z + matmul(states[0], recurrent_kernel));
    return {.states = {h}, .gates = h};
  });
}

// dz = dh * act'(h),  dh_before = dz · U^T
Tensors simple_rnn_gradient_by_steps(const Tensors& inputs, const Attributes& attributes) {
  const Tensors activated = unstack(inputs[kActivated], 0);
  const auto step = [&](std::int64_t s, const Tensors& d) -> CellStepGradient {
    const Tensor& h = activated[static_cast<std::size_t>(s)];
    const Tensor dz = d[0] * sequence_activation_derivative(attributes.string("activation"), h);
    return {.z = {dz}, .states = {matmul(dz, inputs[kRecurrentKernel], {.transpose_y = true})}};
  };
  return recurrence_gradient_by_steps({inputs[kGOutput], inputs[kGH]},
                                      attributes.flag("has_mask") ? inputs[kMask] : Tensor(),
                                      inputs[kActivated].shape()[0], attributes, step);
}

Tensors simple_rnn_gradient_gradient(const Node& node, const Tensors& g) {
  const auto composition = [&](const Tensors& inputs) {
    return simple_rnn_gradient_by_steps(inputs, node.attributes());
  };
  return gradients_of_composition(composition, node, g);
}

const Operation& kSimpleRnnGradient = register_operation(
    {.name = "simple_rnn_gradient", .infer = infer_simple_rnn_gradient, .gradient = simple_rnn_gradient_gradient});

// Z gets dz of every step, the recurrent kernel the sum over steps of h_before^T · dz.
Tensors simple_rnn_gradient(const Node& node, const Tensors& g) {
  if (flows_into_gates(g, kStates)) {
    const auto composition = [&](const Tensors& inputs) { return simple_rnn_by_steps(inputs, node.attributes()); };
    return gradients_of_composition(composition, node, g);
  }
  const RecurrenceInputs places(node.attributes());
  Tensors inputs = defined_gradients(node, g, 1 + kStates);
  inputs.push_back(node.input(1));
  inputs.push_back(node.output(kActivations));
  if (places.mask >= 0) inputs.push_back(node.input(static_cast<std::size_t>(places.mask)));
  const Tensors results = apply(kSimpleRnnGradient, std::move(inputs), node.attributes());

  Tensors gradients(node.inputs().size());
  gradients[0] = results[0];
  gradients[1] = product_over_steps(node.output(kHidden), results[0]);
  if (places.state >= 0) gradients[static_cast<std::size_t>(places.state)] = results[1];
  return gradients;
}

const Operation& kSimpleRnn =
    register_operation({.name = "simple_rnn", .infer = infer_simple_rnn, .gradient = simple_rnn_gradient});

}  // namespace

SequenceOutputs simple_rnn(const SequenceInputs& inputs, const SequenceOptions& options) {
  Recurrence recurrence = make_recurrence("simple_rnn", kGates, kStates, inputs, options);
  const Tensors outputs = apply(kSimpleRnn, std::move(recurrence.inputs), std::move(recurrence.attributes));
  return {.output = outputs[kOutput], .states = {outputs[kLastH]}};
}

}  // namespace cornu::ops
