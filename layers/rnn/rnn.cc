#include "layers/rnn/rnn.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/deferred_recurrence.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/where.h"
#include "layers/layer_title.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"
#include "layers/rnn/stacked_rnn_cells.h"

namespace cornu::layers {
namespace {

// `x` where the step is not masked; `mask` is a column.
Tensor chosen(const Tensor& mask, const Tensor& x, const Tensor& otherwise) {
  Tensor broadcast = mask;
  while (broadcast.rank() < x.rank()) broadcast = ops::expand_dims(broadcast, -1);
  return ops::where(broadcast, x, otherwise);
}

}  // namespace

RNN::RNN(const AnyLayer& cell, const RNNOptions& options) : Shared(cell, options) {}
RNN::RNN(const std::vector<AnyLayer>& cells, const RNNOptions& options) : Shared(StackedRNNCells(cells), options) {}

RNNLayer::RNNLayer(const AnyLayer& cell, const RNNOptions& options)
    : Layer({.name = options.name,
             .trainable = options.trainable,
             .dtype = options.dtype,
             .activity_regularizer = options.activity_regularizer}),
      cell_(cell),
      options_(options) {
  if (!cell.defined() || dynamic_cast<RNNCellLayer*>(cell.ptr().get()) == nullptr) {
    throw InvalidArgument(layer_title("RNN", options.name) +
                              ": expected a cell, such as LSTMCell(32) or a layer "
                              "derived from RNNCellLayer; got " +
                              (cell.defined() ? layer_title(cell->class_name(), cell->name()) : "an empty handle"),
                          path_in_title(layer_title("RNN", options.name)));
  }
  name_attribute(cell_, "cell");
  set_supports_masking(true);
}

RNNCellLayer& RNNLayer::cell_body() const { return static_cast<RNNCellLayer&>(*cell_); }

void RNNLayer::check_rank(const Shape& shape) const {
  const auto rank = required_rank();
  if (rank ? shape.rank() == *rank : shape.rank() >= 3) return;
  throw ShapeError(describe() + ": Input 0 of layer \"" + name() + "\" is incompatible with the layer: expected " +
                       (rank ? "ndim=" + std::to_string(*rank) : std::string("min_ndim=3")) +
                       ", found ndim=" + std::to_string(shape.rank()) + ". Full shape received: " + shape.to_string(),
                   name());
}

void RNNLayer::build(const Shapes& inputs) {
  const Shape& sequence = inputs[0];
  check_rank(sequence);
  if (options_.stateful && sequence[0] == kUnknown) {
    throw ShapeError(describe() +
                         ": When using `stateful=True` in a RNN, the batch size must be static. Found dynamic "
                         "batch size: sequence.shape=" +
                         sequence.to_string() + ". Give it to Input as .batch_size",
                     name());
  }
  cell_->build_for({Shape{sequence[0]}.concatenated(sequence.slice(2))});
  if (options_.stateful) {
    const Shape first = Shape{sequence[0]}.concatenated(sequence.slice(2));
    for (const Tensor& state : cell_body().initial_states(ops::zeros(first, compute_dtype()))) {
      states_.push_back(add_state("rnn_state", ops::cast(state, variable_dtype())));
    }
  }
}

Tensors RNNLayer::given_states(const Inputs& inputs, const CallContext& context) const {
  Tensors states = context.tensors("initial_state");
  if (states.empty()) states.assign(inputs.begin() + 1, inputs.end());
  if (states.empty() && options_.stateful) {
    for (const Variable& state : states_) states.push_back(state.value());
  }
  const std::size_t expected = cell_body().state_sizes().size();
  if (!states.empty() && states.size() != expected) {
    throw InvalidArgument(describe() + ": expected " + std::to_string(expected) + " initial state(s); got " +
                              std::to_string(states.size()),
                          name());
  }
  for (Tensor& state : states) state = ops::cast(state, cell_->compute_dtype());
  return states;
}

Outputs RNNLayer::call(const Inputs& inputs, const CallContext& context) {
  const Tensor& x = inputs[0];
  check_rank(x.shape());
  if (options_.unroll && x.shape()[1] == kUnknown) {
    throw ShapeError(describe() +
                         ": Cannot unroll a RNN if the time dimension is undefined. Give the time axis of the "
                         "Input a size, or leave out unroll",
                     name());
  }
  if (options_.stateful && x.shape()[0] != states_.at(0).shape()[0]) {
    throw ShapeError(describe() +
                         ": If an RNN is stateful, the batch size of the input sequences must be the same as "
                         "the batch size of the initial state. Expected batch size: " +
                         std::to_string(states_.at(0).shape()[0]) +
                         ". Received batch size: " + Shape{x.shape()[0]}.to_string(),
                     name());
  }
  const ops::SequenceOutputs result =
      run_sequence(x, given_states(inputs, context), context.mask(0), context.training());
  if (options_.stateful) {
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i].assign(result.states[i]);
  }
  Tensors outputs{ops::cast(result.output, compute_dtype())};
  if (options_.return_state) {
    for (const Tensor& state : result.states) outputs.push_back(ops::cast(state, compute_dtype()));
  }
  return outputs;
}

ops::SequenceOutputs RNNLayer::run_sequence(const Tensor& x, const Tensors& initial_states, const Tensor& mask,
                                            bool training) {
  RNNCellLayer& cell = cell_body();
  if (x.shape()[1] == kUnknown) {
    return ops::deferred_recurrence(x, cell.output_size(), cell.state_sizes(), options_.return_sequences,
                                    compute_dtype(), describe());
  }
  Tensors steps = ops::unstack(x, 1);
  if (steps.empty()) throw ShapeError(describe() + ": expected a sequence of at least one step", name());
  Tensors masks = mask.defined() ? ops::unstack(mask, 1) : Tensors();
  if (options_.go_backwards) {
    std::reverse(steps.begin(), steps.end());
    std::reverse(masks.begin(), masks.end());
  }

  const CellSequence sequence(cell);
  Tensors states = initial_states.empty() ? cell.initial_states(steps[0]) : initial_states;
  Tensor output;
  Tensors outputs;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    Tensors step_inputs{steps[s]};
    step_inputs.insert(step_inputs.end(), states.begin(), states.end());
    const Outputs result = cell_(Inputs(std::move(step_inputs)), {.training = training});
    const Tensor before = output.defined() ? output : ops::zeros_like(result[0]);
    output = result[0];
    Tensors next(result.begin() + 1, result.end());
    if (!masks.empty()) {
      output = chosen(masks[s], output, options_.zero_output_for_mask ? ops::zeros_like(output) : before);
      for (std::size_t i = 0; i < states.size(); ++i) next[i] = chosen(masks[s], next[i], states[i]);
    }
    states = std::move(next);
    if (options_.return_sequences) outputs.push_back(output);
  }
  return {.output = options_.return_sequences ? ops::stack(outputs, 1) : output, .states = states};
}

Tensors RNNLayer::compute_mask(const Inputs&, const Tensors& masks) {
  if (!options_.return_sequences || masks.empty()) return {};
  return {masks[0]};
}

Config RNNLayer::config() const {
  Config config = Layer::config();
  config.set("return_sequences", options_.return_sequences);
  config.set("return_state", options_.return_state);
  config.set("go_backwards", options_.go_backwards);
  config.set("stateful", options_.stateful);
  config.set("unroll", options_.unroll);
  config.set("zero_output_for_mask", options_.zero_output_for_mask);
  config.set("cell", serialize_layer(*cell_));
  return config;
}

namespace {

const bool kRegistered = register_layer("RNN", [](const Config& config) -> AnyLayer {
  RNNOptions options;
  read_sequence_fields(config, options);
  return RNN(layer_from_config(config.at("cell")), options);
});

}  // namespace

}  // namespace cornu::layers
