#pragma once

#include "layers/rnn/base_rnn_cell.h"

namespace cornu::layers {

/// Options of LSTMCell, in Keras' order.
struct LSTMCellOptions {
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
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;            ///< fraction of the inputs dropped in training, the same for all steps
  double recurrent_dropout = 0.0;  ///< fraction of the state dropped before the product with the recurrent kernel
  std::optional<std::int64_t> seed = {};  ///< of the dropout masks
  std::int64_t implementation = 2;        ///< 1 draws a dropout mask for each gate, 2 one for all
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class LSTMCellLayer;

/// One step of LSTM.
///
/// **Inputs**: `{x (batch, features), states... (batch, units)}` with two states h and c. **Outputs**: the output and
/// the states after it, each `(batch, units)`. **Weights**: those of LSTM. **See**: `keras.layers.LSTMCell`.
class LSTMCell : public Shared<LSTMCellLayer> {
 public:
  /// `units`: size of output and states, positive.
  explicit LSTMCell(std::int64_t units, const LSTMCellOptions& options = {});
};

/// Body of LSTMCell.
class LSTMCellLayer : public BaseRNNCellLayer {
 public:
  LSTMCellLayer(std::int64_t units, const LSTMCellOptions& options);
  Config config() const override;
  std::vector<std::int64_t> state_sizes() const override { return {units(), units()}; }

 protected:
  Initializer bias_initializer() const override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  bool unit_forget_bias_;
};

}  // namespace cornu::layers
