#pragma once

#include "layers/rnn/base_rnn_cell.h"

namespace cornu::layers {

/// Options of GRUCell, in Keras' order.
struct GRUCellOptions {
  ActivationFunction activation = "tanh";
  ActivationFunction recurrent_activation = "sigmoid";  ///< of the gates
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
  bool reset_after = true;         ///< apply the reset gate behind the recurrent product (as cuDNN does) or before it
  std::optional<std::int64_t> seed = {};  ///< of the dropout masks
  std::int64_t implementation = 2;        ///< 1 draws a dropout mask for each gate, 2 one for all
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class GRUCellLayer;

/// One step of GRU.
///
/// **Inputs**: `{x (batch, features), states... (batch, units)}` with one state h. **Outputs**: the output and the
/// states after it, each `(batch, units)`. **Weights**: those of GRU. **See**: `keras.layers.GRUCell`.
class GRUCell : public Shared<GRUCellLayer> {
 public:
  /// `units`: size of output and states, positive.
  explicit GRUCell(std::int64_t units, const GRUCellOptions& options = {});
};

/// Body of GRUCell.
class GRUCellLayer : public BaseRNNCellLayer {
 public:
  GRUCellLayer(std::int64_t units, const GRUCellOptions& options);
  Config config() const override;
  bool reset_after() const { return reset_after_; }

 protected:
  Shape bias_shape() const override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  bool reset_after_;
};

}  // namespace cornu::layers
