#include "framework/ops/gru.h"

#include "framework/error.h"
#include "framework/gradients.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/slice.h"

namespace cornu::ops {
namespace {

constexpr std::int64_t kGates = 3;
constexpr std::int64_t kStates = 1;
// Kept of each step: z, r, h~ and what the third part of the recurrent kernel meets or makes: with reset_after the
// product h · U + b of the third gate before r scales it, without it r * h.
constexpr std::int64_t kKept = 4;

// Outputs of "gru".
enum Output : std::size_t { kOutput, kLastH, kHidden, kGateValues };
// Inputs of "gru_gradient"; the mask, if there is one, follows.
enum GradientInput : std::size_t { kGOutput, kGH, kRecurrentKernel, kHiddenBefore, kActivated, kMask };

TensorSpecs infer_gru(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return infer_recurrence(inputs, kStates, kKept, attributes);
}

// Gradients of Z, of the initial state and, with reset_after, of the product with the recurrent kernel (the same as
// that of Z in the first two gates).
TensorSpecs infer_gru_gradient(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  TensorSpec z = inputs[kActivated];
  z.shape[2] = kGates * inputs[kRecurrentKernel].shape[0];
  TensorSpecs outputs{z, inputs[kGH]};
  if (attributes.flag("reset_after")) outputs.push_back(z);
  return outputs;
}

Tensors gru_by_steps(const Tensors& inputs, const Attributes& attributes) {
  const std::string& activation = attributes.string("activation");
  const std::string& recurrent = attributes.string("recurrent_activation");
  const std::int64_t units = inputs[1].shape()[0];
  const int bias = RecurrenceInputs(attributes).recurrent_bias;
  return recurrence_by_steps(inputs, kStates, attributes, [&](const Tensor& x, const Tensors& states) -> CellStep {
    const Tensor& h = states[0];
    Tensor kept;
    Tensor candidate;
    Tensor z;
    Tensor r;
    const Tensors parts = split(x, kGates, 1);
    if (attributes.flag("reset_after")) {
      Tensor product = matmul(h, inputs[1]);
      if (bias >= 0) product = product + inputs[static_cast<std::size_t>(bias)];
      const Tensors inner = split(product, kGates, 1);
      z = sequence_activation(recurrent, parts[0] + inner[0]);
      r = sequence_activation(recurrent, parts[1] + inner[1]);
      kept = inner[2];
      candidate = sequence_activation(activation, parts[2] + r * kept);
    } else {
      const Tensors inner = split(matmul(h, slice_axis(inputs[1], 1, 0, 2 * units)), 2, 1);
      z = sequence_activation(recurrent, parts[0] + inner[0]);
      r = sequence_activation(recurrent, parts[1] + inner[1]);
      kept = r * h;
      candidate =
          sequence_activation(activation, parts[2] + matmul(kept, slice_axis(inputs[1], 1, 2 * units, 3 * units)));
    }
    return {.states = {z * h + (1.0 - z) * candidate}, .gates = concatenate({z, r, candidate, kept}, 1)};
  });
}

// With d. the gradient of what follows, back through h = z * h_before + (1 - z) * h~:
//   dz = dh * (h_before - h~) * rec'(z),  dh~ = dh * (1 - z) * act'(h~)
// reset_after, p = h_before · U + b:  h~ = act(x + r * p_h):  dr = dh~ * p_h * rec'(r),  dp = (dz, dr, dh~ * r),
//   dh_before = dh * z + dp · U^T
// else h~ = act(x + q · U_h), q = r * h_before:  dq = dh~ · U_h^T,  dr = dq * h_before * rec'(r),
//   dh_before = dh * z + dq * r + (dz, dr) · U_zr^T
Tensors gru_gradient_by_steps(const Tensors& inputs, const Attributes& attributes) {
  const std::string& activation = attributes.string("activation");
  const std::string& recurrent = attributes.string("recurrent_activation");
  const Tensor& kernel = inputs[kRecurrentKernel];
  const std::int64_t units = kernel.shape()[0];
  const Tensors gates = unstack(inputs[kActivated], 0);
  const Tensors before = unstack(inputs[kHiddenBefore], 0);
  const auto step = [&](std::int64_t s, const Tensors& d) -> CellStepGradient {
    const auto at = static_cast<std::size_t>(s);
    const Tensors gate = split(gates[at], kKept, 1);
    const Tensor& z = gate[0];
    const Tensor& r = gate[1];
    const Tensor& candidate = gate[2];
    const Tensor dz = d[0] * (before[at] - candidate) * sequence_activation_derivative(recurrent, z);
    const Tensor dcandidate = d[0] * (1.0 - z) * sequence_activation_derivative(activation, candidate);
    const Tensor dr_of_r = sequence_activation_derivative(recurrent, r);
    if (attributes.flag("reset_after")) {
      const Tensor dr = dcandidate * gate[3] * dr_of_r;
      const Tensor dp = concatenate({dz, dr, dcandidate * r}, 1);
      return {.z = {concatenate({dz, dr, dcandidate}, 1), dp},
              .states = {d[0] * z + matmul(dp, kernel, {.transpose_y = true})}};
    }
    const Tensor dq = matmul(dcandidate, slice_axis(kernel, 1, 2 * units, 3 * units), {.transpose_y = true});
    const Tensor dr = dq * before[at] * dr_of_r;
    const Tensor dzr = concatenate({dz, dr}, 1);
    return {.z = {concatenate({dzr, dcandidate}, 1)},
            .states = {d[0] * z + dq * r + matmul(dzr, slice_axis(kernel, 1, 0, 2 * units), {.transpose_y = true})}};
  };
  Tensors results = recurrence_gradient_by_steps({inputs[kGOutput], inputs[kGH]},
                                                 attributes.flag("has_mask") ? inputs[kMask] : Tensor(),
                                                 inputs[kActivated].shape()[0], attributes, step);
  // The state's gradient comes last there, second here.
  if (attributes.flag("reset_after")) std::swap(results[1], results[2]);
  return results;
}

Tensors gru_gradient_gradient(const Node& node, const Tensors& g) {
  const auto composition = [&](const Tensors& inputs) { return gru_gradient_by_steps(inputs, node.attributes()); };
  return gradients_of_composition(composition, node, g);
}

const Operation& kGruGradient =
    register_operation({.name = "gru_gradient", .infer = infer_gru_gradient, .gradient = gru_gradient_gradient});

// Z gets its gradient of every step; each part of the recurrent kernel the sum over steps of what it was multiplied
// with, transposed, times the gradient of that product; the recurrent bias the sum of those.
Tensors gru_gradient(const Node& node, const Tensors& g) {
  if (flows_into_gates(g, kStates)) {
    const auto composition = [&](const Tensors& inputs) { return gru_by_steps(inputs, node.attributes()); };
    return gradients_of_composition(composition, node, g);
  }
  const RecurrenceInputs places(node.attributes());
  Tensors inputs = defined_gradients(node, g, 1 + kStates);
  inputs.push_back(node.input(1));
  for (std::size_t i : {kHidden, kGateValues}) inputs.push_back(node.output(i));
  if (places.mask >= 0) inputs.push_back(node.input(static_cast<std::size_t>(places.mask)));
  const Tensors results = apply(kGruGradient, std::move(inputs), node.attributes());

  Tensors gradients(node.inputs().size());
  gradients[0] = results[0];
  const Tensor hidden = node.output(kHidden);
  if (node.attributes().flag("reset_after")) {
    gradients[1] = product_over_steps(hidden, results[2]);
    if (places.recurrent_bias >= 0) {
      gradients[static_cast<std::size_t>(places.recurrent_bias)] = sum(results[2], {.axis = {0, 1}});
    }
  } else {
    const std::int64_t units = node.input(1).shape()[0];
    const Tensor reset = slice_axis(node.output(kGateValues), 2, 3 * units, 4 * units);
    gradients[1] = concatenate({product_over_steps(hidden, slice_axis(results[0], 2, 0, 2 * units)),
                                product_over_steps(reset, slice_axis(results[0], 2, 2 * units, 3 * units))},
                               1);
  }
  if (places.state >= 0) gradients[static_cast<std::size_t>(places.state)] = results[1];
  return gradients;
}

const Operation& kGru = register_operation({.name = "gru", .infer = infer_gru, .gradient = gru_gradient});

}  // namespace

SequenceOutputs gru(const SequenceInputs& inputs, const SequenceOptions& options) {
  const std::int64_t bias_rank = options.reset_after ? 2 : 1;
  if (inputs.bias.defined() && inputs.bias.rank() != bias_rank) {
    throw ShapeError(
        std::string("gru: expected a bias of shape ") +
            (options.reset_after ? "(2, 3 * units) with reset_after" : "(3 * units,) without reset_after") +
            "; got shape " + inputs.bias.shape().to_string(),
        {}, "gru");
  }
  Recurrence recurrence = make_recurrence("gru", kGates, kStates, inputs, options);
  recurrence.attributes.set("reset_after", options.reset_after);
  const Tensors outputs = apply(kGru, std::move(recurrence.inputs), std::move(recurrence.attributes));
  return {.output = outputs[kOutput], .states = {outputs[kLastH]}};
}

}  // namespace cornu::ops
