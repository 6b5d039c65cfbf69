#pragma once

#include "layers/rnn/base_recurrent.h"
#include "layers/rnn/lstm_cell.h"

namespace cornu::layers {

/// Options of LSTM, in Keras' order.
struct LSTMOptions {
  ActivationFunction activation = "tanh";
  ActivationFunction recurrent_activation = "sigmoid";  ///< of the gates
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  bool unit_forget_bias = true;  ///< begin with a bias of 1 at the forget gate
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;            ///< fraction of the inputs dropped in training, the same for all steps
  double recurrent_dropout = 0.0;  ///< fraction of the state dropped before the product with the recurrent kernel
  std::optional<std::int64_t> seed = {};  ///< of the dropout masks
  bool return_sequences = false;          ///< all outputs instead of the last one
  bool return_state = false;              ///< the last states after the output
  bool go_backwards = false;              ///< begin with the last step; outputs come in the order of computation
  bool stateful = false;                  ///< go on where the last call ended; needs a known batch size
  bool unroll = false;                    ///< has to be possible (a known number of steps), and changes nothing else
  std::optional<bool> use_cudnn = {};     ///< true: refuse settings that only the steps of the cell can compute
  bool zero_output_for_mask = false;      ///< outputs of masked steps are 0 instead of the output before
  std::int64_t implementation = 2;        ///< 1 draws a dropout mask for each gate, 2 one for all
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class LSTMLayer;

/// Long short-term memory layer over a sequence.
///
///   i, f, c~, o = x · kernel + h · recurrent_kernel + bias
///   c = rec(f) * c + rec(i) * activation(c~),  h = rec(o) * activation(c)
///
/// **Inputs**: `(batch, time, features)`; initial states, each `(batch, units)`, may follow it or be given as the
/// argument "initial_state"; a mask `(batch, time)` leaves steps out. **Output**: `(batch, units)`, or with
/// return_sequences `(batch, time, units)`; with return_state followed by two states h and c.
/// **Weights**, of the cell: kernel `(features, 4 * units)`, recurrent_kernel `(units, 4 * units)`, bias
/// `(4 * units,)`, gates in the order i, f, c, o.
/// **Throws** InvalidArgument, ShapeError. **See**: Hochreiter and Schmidhuber 1997; `keras.layers.LSTM`.
class LSTM : public Shared<LSTMLayer> {
 public:
  /// `units`: size of output and states, positive.
  explicit LSTM(std::int64_t units, const LSTMOptions& options = {});
};

/// Body of LSTM.
class LSTMLayer : public BaseRecurrentLayer {
 public:
  LSTMLayer(std::int64_t units, const LSTMOptions& options);
  const LSTMCellLayer& cell() const { return static_cast<const LSTMCellLayer&>(recurrent_cell()); }

 protected:
  ops::SequenceOutputs run_operation(const ops::SequenceInputs& inputs,
                                     const ops::SequenceOptions& options) const override;
};

}  // namespace cornu::layers
