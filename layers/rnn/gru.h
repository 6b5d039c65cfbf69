#pragma once

#include "layers/rnn/base_recurrent.h"
#include "layers/rnn/gru_cell.h"

namespace cornu::layers {

/// Options of GRU, in Keras' order.
struct GRUOptions {
  ActivationFunction activation = "tanh";
  ActivationFunction recurrent_activation = "sigmoid";  ///< of the gates
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
  std::optional<std::int64_t> seed = {};  ///< of the dropout masks
  bool return_sequences = false;          ///< all outputs instead of the last one
  bool return_state = false;              ///< the last states after the output
  bool go_backwards = false;              ///< begin with the last step; outputs come in the order of computation
  bool stateful = false;                  ///< go on where the last call ended; needs a known batch size
  bool unroll = false;                    ///< has to be possible (a known number of steps), and changes nothing else
  bool reset_after = true;  ///< apply the reset gate behind the recurrent product (as cuDNN does) or before it
  std::optional<bool> use_cudnn = {};  ///< true: refuse settings that only the steps of the cell can compute
  bool zero_output_for_mask = false;   ///< outputs of masked steps are 0 instead of the output before
  std::int64_t implementation = 2;     ///< 1 draws a dropout mask for each gate, 2 one for all
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class GRULayer;

/// Gated recurrent unit layer over a sequence.
///
///   z, r from x · kernel + h · recurrent_kernel + bias,  h~ = activation(x · kernel + r * (h · recurrent_kernel))
///   h = z * h + (1 - z) * h~
///
/// **Inputs**: `(batch, time, features)`; initial states, each `(batch, units)`, may follow it or be given as the
/// argument "initial_state"; a mask `(batch, time)` leaves steps out. **Output**: `(batch, units)`, or with
/// return_sequences `(batch, time, units)`; with return_state followed by one state h.
/// **Weights**, of the cell: kernel `(features, 3 * units)`, recurrent_kernel `(units, 3 * units)`, bias
/// `(2, 3 * units), one row for inputs and one for the state, or without reset_after (3 * units,)`, gates in the order
/// z, r, h.
/// **Throws** InvalidArgument, ShapeError. **See**: Cho et al. 2014; `keras.layers.GRU`.
class GRU : public Shared<GRULayer> {
 public:
  /// `units`: size of output and states, positive.
  explicit GRU(std::int64_t units, const GRUOptions& options = {});
};

/// Body of GRU.
class GRULayer : public BaseRecurrentLayer {
 public:
  GRULayer(std::int64_t units, const GRUOptions& options);
  const GRUCellLayer& cell() const { return static_cast<const GRUCellLayer&>(recurrent_cell()); }

 protected:
  ops::SequenceOutputs run_operation(const ops::SequenceInputs& inputs,
                                     const ops::SequenceOptions& options) const override;
};

}  // namespace cornu::layers
