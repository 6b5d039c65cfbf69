#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/attributes.h"
#include "framework/tensor.h"

namespace cornu {
class Node;
}

namespace cornu::ops {

/// What the operations on whole sequences have in common: `simple_rnn`, `lstm` and `gru` (one file each).
///
/// The product of all inputs with the kernel is an ordinary matmul over the whole sequence. The operations are what is
/// left, the recurrence: they take that product time-major, and give what their gradient rules read besides the
/// results. With `G` gates and `Z` the product, bias included, of shape `(time, batch, G * units)`:
///
///   inputs:  Z, recurrent kernel (units, G * units), [recurrent bias (G * units,)], [mask (batch, time) bool],
///            [initial states, each (batch, units)]; attributes say which of those in brackets are there
///   outputs: output (batch, time, units) or, of the last step, (batch, units); last states, each (batch, units);
///            each state as it was before each step (time, batch, units); gates (time, batch, ...)

/// A sequence with the weights of a cell, each in Keras' layout.
struct SequenceInputs {
  Tensor x;                 ///< `(batch, time, features)`
  Tensor kernel;            ///< `(features, gates * units)`
  Tensor recurrent_kernel;  ///< `(units, gates * units)`
  Tensor bias = {};         ///< `(gates * units,)`, or `(2, gates * units)` of a GRU with reset_after; may be undefined
  Tensor mask = {};         ///< `(batch, time)` bool, false where a step is to be left out; may be undefined
  Tensors initial_states = {};  ///< each `(batch, units)`; zeros by default
};

struct SequenceOptions {
  std::string activation = "tanh";  ///< one of `is_sequence_activation`
  std::string recurrent_activation = "sigmoid";
  bool go_backwards = false;          ///< begin with the last step; outputs come in the order of computation
  bool return_sequences = false;      ///< the outputs of all steps instead of the last one
  bool zero_output_for_mask = false;  ///< outputs of masked steps are 0 instead of the output before
  bool reset_after = true;            ///< of a GRU: apply the reset gate behind the product with the recurrent kernel
};

struct SequenceOutputs {
  Tensor output;   ///< `(batch, time, units)` or `(batch, units)`
  Tensors states;  ///< after the last step, each `(batch, units)`
};

/// True for an activation that these operations compute: "linear", "tanh", "sigmoid", "relu" and "hard_sigmoid".
bool is_sequence_activation(std::string_view name);

// What follows serves the three operations.

/// A recurrence ready to be applied.
struct Recurrence {
  Tensors inputs;
  Attributes attributes;
};

/// Checks shapes, multiplies the sequence with the kernel, puts inputs in order and writes down which there are.
/// **Throws** ShapeError, InvalidArgument.
Recurrence make_recurrence(const char* operation, std::int64_t num_gates, std::int64_t num_states,
                           const SequenceInputs& inputs, const SequenceOptions& options);

/// Where the optional inputs of a recurrence are; -1 for one that is not there.
struct RecurrenceInputs {
  explicit RecurrenceInputs(const Attributes& attributes);
  int recurrent_bias = -1;
  int mask = -1;
  int state = -1;
};

/// Specs of the outputs; `gates_width` is the last size of the gates in units.
TensorSpecs infer_recurrence(std::span<const TensorSpec> inputs, std::int64_t num_states, std::int64_t gates_width,
                             const Attributes& attributes);

/// One step of a cell written in ops: what goes in is Z's rows of that step and the states.
struct CellStep {
  Tensors states;  ///< after the step
  Tensor gates;    ///< what the gradient rule reads
};
using StepFunction = std::function<CellStep(const Tensor& z, const Tensors& states)>;

/// All outputs of a recurrence, step by step: a composition of other ops that can be differentiated to any order.
/// **Throws** Unsupported when the number of steps is unknown.
Tensors recurrence_by_steps(const Tensors& inputs, std::int64_t num_states, const Attributes& attributes,
                            const StepFunction& step);

/// One step back: from the gradients of the states after it to those of Z and of the states before it. `step` counts
/// steps; masks are taken care of by the caller.
struct CellStepGradient {
  Tensors z;       ///< gradients of what the step was given, row by row
  Tensors states;  ///< of the states before it
};
using StepGradientFunction = std::function<CellStepGradient(std::int64_t step, const Tensors& state_gradients)>;

/// The gradient of a recurrence, step by step. `output_gradients`: of the output and of each last state. Returns the
/// gradients that `step` gives, each stacked over time, and those of the initial states.
Tensors recurrence_gradient_by_steps(const Tensors& output_gradients, const Tensor& mask, std::int64_t num_steps,
                                     const Attributes& attributes, const StepGradientFunction& step);

/// The activation of that name, and its derivative from its result.
Tensor sequence_activation(const std::string& name, const Tensor& x);
Tensor sequence_activation_derivative(const std::string& name, const Tensor& y);

/// Gradients of output and last states; zeros where nothing flows back.
Tensors defined_gradients(const Node& node, const Tensors& output_gradients, std::int64_t count);

/// True when a gradient flows into something that only gradient rules read: as in second derivatives.
bool flows_into_gates(const Tensors& output_gradients, std::int64_t num_states);

/// `a^T b` summed over all steps and examples, for `a` and `b` of shape (time, batch, ...): a weight's gradient.
Tensor product_over_steps(const Tensor& a, const Tensor& b);

}  // namespace cornu::ops
