#include "framework/ops/recurrence.h"

#include <algorithm>
#include <array>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

constexpr std::array<std::string_view, 5> kActivations = {"linear", "tanh", "sigmoid", "relu", "hard_sigmoid"};

[[noreturn]] void throw_shape(const std::string& operation, const std::string& expected, const Tensor& got) {
  throw ShapeError(operation + ": expected " + expected + "; got shape " + got.shape().to_string(), {}, operation);
}

void check_fits(const char* operation, const char* what, const Tensor& tensor, const Shape& expected) {
  if (!tensor.shape().is_compatible_with(expected)) {
    throw_shape(operation, std::string(what) + " of shape " + expected.to_string(), tensor);
  }
}

void check_activation(const char* operation, const std::string& name) {
  if (is_sequence_activation(name)) return;
  std::string known;
  for (std::string_view each : kActivations) known += (known.empty() ? "\"" : ", \"") + std::string(each) + "\"";
  throw InvalidArgument(std::string(operation) + ": activation must be one of " + known + "; got \"" + name + "\"", {},
                        operation);
}

std::int64_t known_steps(const Shape& sequence) {
  if (sequence[0] == kUnknown) {
    throw Unsupported("second derivatives of a recurrent layer need a known number of steps; give the time axis a size",
                      {}, "recurrence");
  }
  return sequence[0];
}

// The mask of one step as a column, which broadcasts along the units.
Tensors mask_columns(const Tensor& mask, std::int64_t num_steps) {
  Tensors columns;
  for (std::int64_t s = 0; s < num_steps && mask.defined(); ++s) columns.push_back(slice_position(mask, 1, s));
  return columns;
}

}  // namespace

bool is_sequence_activation(std::string_view name) {
  return std::find(kActivations.begin(), kActivations.end(), name) != kActivations.end();
}

Recurrence make_recurrence(const char* operation, std::int64_t num_gates, std::int64_t num_states,
                           const SequenceInputs& inputs, const SequenceOptions& options) {
  check_activation(operation, options.activation);
  check_activation(operation, options.recurrent_activation);
  if (inputs.x.rank() != 3) throw_shape(operation, "a sequence of shape (batch, time, features)", inputs.x);
  if (inputs.x.shape()[1] == 0) throw_shape(operation, "a sequence of at least one step", inputs.x);
  if (inputs.recurrent_kernel.rank() != 2) {
    throw_shape(operation, "a recurrent kernel of rank 2", inputs.recurrent_kernel);
  }
  const std::int64_t units = inputs.recurrent_kernel.shape()[0];
  const std::int64_t width = num_gates * units;
  check_fits(operation, "a recurrent kernel", inputs.recurrent_kernel, {units, width});
  check_fits(operation, "a kernel", inputs.kernel, {inputs.x.shape()[2], width});

  Tensor steps = transpose(inputs.x, {1, 0, 2});
  if (options.go_backwards) steps = flip(steps, 0);
  Tensor z = matmul(steps, inputs.kernel);
  const bool two_biases = inputs.bias.defined() && inputs.bias.rank() == 2;
  if (inputs.bias.defined()) {
    check_fits(operation, "a bias", inputs.bias, two_biases ? Shape{2, width} : Shape{width});
    z = z + (two_biases ? reshape(slice_axis(inputs.bias, 0, 0, 1), {width}) : inputs.bias);
  }

  Recurrence recurrence{{z, cast(inputs.recurrent_kernel, z.dtype())},
                        {{"activation", options.activation},
                         {"recurrent_activation", options.recurrent_activation},
                         {"return_sequences", options.return_sequences},
                         {"zero_output_for_mask", options.zero_output_for_mask},
                         {"has_recurrent_bias", two_biases},
                         {"has_mask", inputs.mask.defined()},
                         {"has_state", !inputs.initial_states.empty()}}};
  if (two_biases) {
    recurrence.inputs.push_back(cast(reshape(slice_axis(inputs.bias, 0, 1, 2), {width}), z.dtype()));
  }
  if (inputs.mask.defined()) {
    check_fits(operation, "a mask", inputs.mask, {inputs.x.shape()[0], inputs.x.shape()[1]});
    const Tensor mask = cast(inputs.mask, boolean);
    recurrence.inputs.push_back(options.go_backwards ? flip(mask, 1) : mask);
  }
  if (!inputs.initial_states.empty()) {
    if (static_cast<std::int64_t>(inputs.initial_states.size()) != num_states) {
      throw InvalidArgument(std::string(operation) + ": expected " + std::to_string(num_states) +
                                " initial state(s); got " + std::to_string(inputs.initial_states.size()),
                            {}, operation);
    }
    for (const Tensor& state : inputs.initial_states) {
      check_fits(operation, "an initial state", state, {inputs.x.shape()[0], units});
      recurrence.inputs.push_back(cast(state, z.dtype()));
    }
  }
  return recurrence;
}

RecurrenceInputs::RecurrenceInputs(const Attributes& attributes) {
  int next = 2;
  if (attributes.flag("has_recurrent_bias")) recurrent_bias = next++;
  if (attributes.flag("has_mask")) mask = next++;
  if (attributes.flag("has_state")) state = next;
}

TensorSpecs infer_recurrence(std::span<const TensorSpec> inputs, std::int64_t num_states, std::int64_t gates_width,
                             const Attributes& attributes) {
  const std::int64_t time = inputs[0].shape[0];
  const std::int64_t batch = inputs[0].shape[1];
  const std::int64_t units = inputs[1].shape[0];
  const DType dtype = inputs[0].dtype;
  TensorSpecs outputs{{attributes.flag("return_sequences") ? Shape{batch, time, units} : Shape{batch, units}, dtype}};
  for (std::int64_t i = 0; i < num_states; ++i) outputs.push_back({{batch, units}, dtype});
  for (std::int64_t i = 0; i < num_states; ++i) outputs.push_back({{time, batch, units}, dtype});
  outputs.push_back({{time, batch, gates_width * units}, dtype});
  return outputs;
}

Tensors recurrence_by_steps(const Tensors& inputs, std::int64_t num_states, const Attributes& attributes,
                            const StepFunction& step) {
  const RecurrenceInputs places(attributes);
  const std::int64_t num_steps = known_steps(inputs[0].shape());
  const std::int64_t units = inputs[1].shape()[0];
  const Tensors rows = unstack(inputs[0], 0);
  const Tensors masks =
      mask_columns(places.mask < 0 ? Tensor() : inputs[static_cast<std::size_t>(places.mask)], num_steps);

  const Tensor zero = zeros_like(slice_axis(rows[0], 1, 0, units));
  Tensors states(static_cast<std::size_t>(num_states), zero);
  if (places.state >= 0) states.assign(inputs.begin() + places.state, inputs.end());

  Tensor output = zero;
  Tensors outputs;
  Tensors gates;
  std::vector<Tensors> before(states.size());
  for (std::int64_t s = 0; s < num_steps; ++s) {
    const auto at = static_cast<std::size_t>(s);
    for (std::size_t i = 0; i < states.size(); ++i) before[i].push_back(states[i]);
    CellStep result = step(rows[at], states);
    gates.push_back(result.gates);
    if (masks.empty()) {
      output = result.states[0];
    } else {
      output = where(masks[at], result.states[0], attributes.flag("zero_output_for_mask") ? zero : output);
      for (std::size_t i = 0; i < states.size(); ++i) {
        result.states[i] = where(masks[at], result.states[i], states[i]);
      }
    }
    states = result.states;
    outputs.push_back(output);
  }

  Tensors results{attributes.flag("return_sequences") ? stack(outputs, 1) : output};
  results.insert(results.end(), states.begin(), states.end());
  for (const Tensors& each : before) results.push_back(stack(each, 0));
  results.push_back(stack(gates, 0));
  return results;
}

Tensors recurrence_gradient_by_steps(const Tensors& output_gradients, const Tensor& mask, std::int64_t num_steps,
                                     const Attributes& attributes, const StepGradientFunction& step) {
  const bool all_steps = attributes.flag("return_sequences");
  const Tensors masks = mask_columns(mask, num_steps);
  // Where an output of each step comes from a state: in masked steps from an earlier one, before the first unmasked
  // step from none, unless masked outputs are zeros.
  Tensors shown = masks;
  for (std::size_t s = 1; s < shown.size() && !attributes.flag("zero_output_for_mask"); ++s) {
    shown[s] = logical_or(shown[s - 1], masks[s]);
  }

  Tensors states(output_gradients.begin() + 1, output_gradients.end());
  const Tensor zero = zeros_like(states[0]);
  std::vector<Tensors> steps;  // of each result, last step first
  for (std::int64_t s = num_steps - 1; s >= 0; --s) {
    const auto at = static_cast<std::size_t>(s);
    if (all_steps || s == num_steps - 1) {
      Tensor arriving = all_steps ? squeeze(slice_position(output_gradients[0], 1, s), 1) : output_gradients[0];
      if (!masks.empty()) arriving = where(shown[at], arriving, zero);
      states[0] = states[0] + arriving;
    }
    CellStepGradient result = step(s, states);
    if (!masks.empty()) {
      for (Tensor& z : result.z) z = where(masks[at], z, zeros_like(z));
      for (std::size_t i = 0; i < states.size(); ++i) {
        result.states[i] = where(masks[at], result.states[i], states[i]);
      }
    }
    states = result.states;
    steps.resize(result.z.size());
    for (std::size_t i = 0; i < result.z.size(); ++i) steps[i].push_back(result.z[i]);
  }
  Tensors results;
  for (Tensors& each : steps) {
    std::reverse(each.begin(), each.end());
    results.push_back(stack(each, 0));
  }
  results.insert(results.end(), states.begin(), states.end());
  return results;
}

Tensor sequence_activation(const std::string& name, const Tensor& x) {
  if (name == "tanh") return tanh(x);
  if (name == "sigmoid") return sigmoid(x);
  if (name == "relu") return relu(x);
  if (name == "hard_sigmoid") return clip(x + 3.0, 0.0, 6.0) / 6.0;
  return x;
}

Tensor sequence_activation_derivative(const std::string& name, const Tensor& y) {
  if (name == "tanh") return 1.0 - y * y;
  if (name == "sigmoid") return y * (1.0 - y);
  if (name == "relu") return cast(y > 0.0, y.dtype());
  if (name == "hard_sigmoid") return cast(logical_and(y > 0.0, y < 1.0), y.dtype()) / 6.0;
  return ones_like(y);
}

Tensors defined_gradients(const Node& node, const Tensors& output_gradients, std::int64_t count) {
  Tensors gradients(output_gradients.begin(), output_gradients.begin() + count);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].defined()) gradients[i] = zeros_like(node.output(i));
  }
  return gradients;
}

bool flows_into_gates(const Tensors& output_gradients, std::int64_t num_states) {
  return std::any_of(output_gradients.begin() + 1 + num_states, output_gradients.end(),
                     [](const Tensor& gradient) { return gradient.defined(); });
}

Tensor product_over_steps(const Tensor& a, const Tensor& b) {
  return matmul(reshape(a, {kUnknown, a.shape().back()}), reshape(b, {kUnknown, b.shape().back()}),
                {.transpose_x = true});
}

}  // namespace cornu::ops
