#include "framework/ops/lstm.h"

#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"

namespace cornu::ops {
namespace {

constexpr std::int64_t kGates = 4;
constexpr std::int64_t kStates = 2;

// Outputs of "lstm".
enum Output : std::size_t { kOutput, kLastH, kLastC, kHidden, kCells, kGateValues };
// Inputs of "lstm_gradient"; the mask, if there is one, follows.
enum GradientInput : std::size_t { kGOutput, kGH, kGC, kRecurrentKernel, kEndC, kCellsBefore, kActivated, kMask };

TensorSpecs infer_lstm(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return infer_recurrence(inputs, kStates, kGates, attributes);
}

TensorSpecs infer_lstm_gradient(std::span<const TensorSpec> inputs, const Attributes&) {
  return {inputs[kActivated], inputs[kGH], inputs[kGC]};
}

Tensors lstm_by_steps(const Tensors& inputs, const Attributes& attributes) {
  const Tensor& recurrent_kernel = inputs[1];
  return recurrence_by_steps(inputs, kStates, attributes, [&](const Tensor& z, const Tensors& states) -> CellStep {
    const std::string& activation = attributes.string("activation");
    const std::string& recurrent = attributes.string("recurrent_activation");
    const Tensors parts = split(z + matmul(states[0], recurrent_kernel), kGates, 1);
    const Tensor i = sequence_activation(recurrent, parts[0]);
    const Tensor f = sequence_activation(recurrent, parts[1]);
    const Tensor g = sequence_activation(activation, parts[2]);
    const Tensor o = sequence_activation(recurrent, parts[3]);
    const Tensor c = f * states[1] + i * g;
    return {.states = {o * sequence_activation(activation, c), c}, .gates = concatenate({i, f, g, o}, 1)};
  });
}

// With d. the gradient of what follows, back through
//   h = o * act(c),  c = f * c_before + i * g,  (i, f, o) = rec(z),  g = act(z),  z = Z_t + h_before · U:
//   dc += dh * o * act'(c);  do = dh * act(c), df = dc * c_before, di = dc * g, dg = dc * i
//   dz = d(gate) * its activation's derivative;  dh_before = dz · U^T,  dc_before = dc * f
Tensors lstm_gradient_by_steps(const Tensors& inputs, const Attributes& attributes) {
  const std::string& activation = attributes.string("activation");
  const std::string& recurrent = attributes.string("recurrent_activation");
  const std::int64_t num_steps = inputs[kActivated].shape()[0];
  const Tensors gates = unstack(inputs[kActivated], 0);
  const Tensors before = unstack(inputs[kCellsBefore], 0);
  const auto step = [&](std::int64_t s, const Tensors& d) -> CellStepGradient {
    const auto at = static_cast<std::size_t>(s);
    const Tensors gate = split(gates[at], kGates, 1);
    const Tensor& i = gate[0];
    const Tensor& f = gate[1];
    const Tensor& g = gate[2];
    const Tensor& o = gate[3];
    const Tensor act_c = sequence_activation(activation, s + 1 < num_steps ? before[at + 1] : inputs[kEndC]);
    const Tensor dc = d[1] + d[0] * o * sequence_activation_derivative(activation, act_c);
    const Tensor dz = concatenate({dc * g * sequence_activation_derivative(recurrent, i),
                                   dc * before[at] * sequence_activation_derivative(recurrent, f),
                                   dc * i * sequence_activation_derivative(activation, g),
                                   d[0] * act_c * sequence_activation_derivative(recurrent, o)},
                                  1);
    return {.z = {dz}, .states = {matmul(dz, inputs[kRecurrentKernel], {.transpose_y = true}), dc * f}};
  };
  return recurrence_gradient_by_steps({inputs[kGOutput], inputs[kGH], inputs[kGC]},
                                      attributes.flag("has_mask") ? inputs[kMask] : Tensor(), num_steps, attributes,
                                      step);
}

Tensors lstm_gradient_gradient(const Node& node, const Tensors& g) {
  const auto composition = [&](const Tensors& inputs) { return lstm_gradient_by_steps(inputs, node.attributes()); };
  return gradients_of_composition(composition, node, g);
}

const Operation& kLstmGradient =
    register_operation({.name = "lstm_gradient", .infer = infer_lstm_gradient, .gradient = lstm_gradient_gradient});

// Z gets dz of every step, the recurrent kernel the sum over steps of h_before^T · dz.
Tensors lstm_gradient(const Node& node, const Tensors& g) {
  if (flows_into_gates(g, kStates)) {
    const auto composition = [&](const Tensors& inputs) { return lstm_by_steps(inputs, node.attributes()); };
    return gradients_of_composition(composition, node, g);
  }
  const RecurrenceInputs places(node.attributes());
  Tensors inputs = defined_gradients(node, g, 1 + kStates);
  inputs.push_back(node.input(1));
  for (std::size_t i : {kLastC, kCells, kGateValues}) inputs.push_back(node.output(i));
  if (places.mask >= 0) inputs.push_back(node.input(static_cast<std::size_t>(places.mask)));
  const Tensors results = apply(kLstmGradient, std::move(inputs), node.attributes());

  Tensors gradients(node.inputs().size());
  gradients[0] = results[0];
  gradients[1] = product_over_steps(node.output(kHidden), results[0]);
  for (std::int64_t i = 0; i < kStates && places.state >= 0; ++i) {
    gradients[static_cast<std::size_t>(places.state + i)] = results[static_cast<std::size_t>(1 + i)];
  }
  return gradients;
}

const Operation& kLstm = register_operation({.name = "lstm", .infer = infer_lstm, .gradient = lstm_gradient});

}  // namespace

SequenceOutputs lstm(const SequenceInputs& inputs, const SequenceOptions& options) {
  Recurrence recurrence = make_recurrence("lstm", kGates, kStates, inputs, options);
  const Tensors outputs = apply(kLstm, std::move(recurrence.inputs), std::move(recurrence.attributes));
  return {.output = outputs[kOutput], .states = {outputs[kLastH], outputs[kLastC]}};
}

}  // namespace cornu::ops
