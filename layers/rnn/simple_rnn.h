#pragma once

#include "layers/rnn/base_recurrent.h"
#include "layers/rnn/simple_rnn_cell.h"

namespace cornu::layers {

/// Options of SimpleRNN, in Keras' order.
struct SimpleRNNOptions {
  ActivationFunction activation = "tanh";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;            ///< fraction of the inputs dropped in training, the same for all steps
  double recurrent_dropout = 0.0;  ///< fraction of the state dropped before the product with the recurrent kernel
  bool return_sequences = false;   ///< all outputs instead of the last one
  bool return_state = false;       ///< the last states after the output
  bool go_backwards = false;       ///< begin with the last step; outputs come in the order of computation
  bool stateful = false;           ///< go on where the last call ended; needs a known batch size
  bool unroll = false;             ///< has to be possible (a known number of steps), and changes nothing else
  std::optional<std::int64_t> seed = {};  ///< of the dropout masks
  bool zero_output_for_mask = false;      ///< outputs of masked steps are 0 instead of the output before
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class SimpleRNNLayer;

/// Fully connected recurrent layer over a sequence.
///
///   h = activation(x · kernel + h · recurrent_kernel + bias)
///
/// **Inputs**: `(batch, time, features)`; initial states, each `(batch, units)`, may follow it or be given as the
/// argument "initial_state"; a mask `(batch, time)` leaves steps out. **Output**: `(batch, units)`, or with
/// return_sequences `(batch, time, units)`; with return_state followed by one state h.
/// **Weights**, of the cell: kernel `(features, units)`, recurrent_kernel `(units, units)`, bias
/// `(units,)`.
/// **Throws** InvalidArgument, ShapeError. **See**: `keras.layers.SimpleRNN`.
class SimpleRNN : public Shared<SimpleRNNLayer> {
 public:
  /// `units`: size of output and states, positive.
  explicit SimpleRNN(std::int64_t units, const SimpleRNNOptions& options = {});
};

/// Body of SimpleRNN.
class SimpleRNNLayer : public BaseRecurrentLayer {
 public:
  SimpleRNNLayer(std::int64_t units, const SimpleRNNOptions& options);
  const SimpleRNNCellLayer& cell() const { return static_cast<const SimpleRNNCellLayer&>(recurrent_cell()); }

 protected:
  ops::SequenceOutputs run_operation(const ops::SequenceInputs& inputs,
                                     const ops::SequenceOptions& options) const override;
};

}  // namespace cornu::layers
