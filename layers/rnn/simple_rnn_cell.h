#pragma once

#include "layers/rnn/base_rnn_cell.h"

namespace cornu::layers {

/// Options of SimpleRNNCell, in Keras' order.
struct SimpleRNNCellOptions {
  ActivationFunction activation = "tanh";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;            ///< fraction of the inputs dropped in training, the same for all steps
  double recurrent_dropout = 0.0;  ///< fraction of the state dropped before the product with the recurrent kernel
  std::optional<std::int64_t> seed = {};  ///< of the dropout masks
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class SimpleRNNCellLayer;

/// One step of SimpleRNN.
///
/// **Inputs**: `{x (batch, features), states... (batch, units)}` with one state h. **Outputs**: the output and the
/// states after it, each `(batch, units)`. **Weights**: those of SimpleRNN. **See**: `keras.layers.SimpleRNNCell`.
class SimpleRNNCell : public Shared<SimpleRNNCellLayer> {
 public:
  /// `units`: size of output and states, positive.
  explicit SimpleRNNCell(std::int64_t units, const SimpleRNNCellOptions& options = {});
};

/// Body of SimpleRNNCell.
class SimpleRNNCellLayer : public BaseRNNCellLayer {
 public:
  SimpleRNNCellLayer(std::int64_t units, const SimpleRNNCellOptions& options);

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
};

}  // namespace cornu::layers
