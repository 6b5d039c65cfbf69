#pragma once

#include <optional>

#include "framework/ops/recurrence.h"
#include "layers/rnn/rnn_cell.h"

namespace cornu::layers {

/// Options of RNN, in Keras' order.
struct RNNOptions {
  bool return_sequences = false;      ///< all outputs instead of the last one
  bool return_state = false;          ///< the last states after the output
  bool go_backwards = false;          ///< begin with the last step; outputs come in the order of computation
  bool stateful = false;              ///< go on where the last call ended; needs a known batch size
  bool unroll = false;                ///< has to be possible (a known number of steps), and changes nothing else
  bool zero_output_for_mask = false;  ///< outputs of masked steps are 0 instead of the output before
  Regularizer activity_regularizer = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class RNNLayer;

/// Applies a cell to one step of a sequence after the other.
///
/// **Inputs**: `(batch, time, ...)`; initial states may follow it or be given as the argument "initial_state"; a mask
/// `(batch, time)` leaves steps out: they repeat the output before, and states stay. **Output**: `(batch,
/// output_size)`, or with return_sequences `(batch, time, output_size)`; with return_state followed by the last states.
/// **Throws** InvalidArgument for a layer that is no cell; ShapeError for a stateful layer without a known batch.
/// **See**: `keras.layers.RNN`.
class RNN : public Shared<RNNLayer> {
 public:
  /// `cell`: SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells, or one of one's own (RNNCellLayer).
  explicit RNN(const AnyLayer& cell, const RNNOptions& options = {});
  /// Several cells, stacked: each takes the output of the one before.
  explicit RNN(const std::vector<AnyLayer>& cells, const RNNOptions& options = {});
};

/// Body of RNN, and base of the recurrent layers that make their cell themselves.
class RNNLayer : public Layer {
 public:
  RNNLayer(const AnyLayer& cell, const RNNOptions& options);
  Config config() const override;

  /// What Bidirectional has to know of both directions.
  const RNNOptions& options() const { return options_; }
  void set_zero_output_for_mask(bool zero) { options_.zero_output_for_mask = zero; }

  /// Of a stateful layer, once it is built.
  const Variables& states() const { return states_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

  /// The rank a sequence must have; at least 3 by default.
  virtual std::optional<std::int64_t> required_rank() const { return {}; }
  /// Runs the cell over the sequence. `initial_states` may be empty, which means the cell's own; `mask` undefined.
  virtual ops::SequenceOutputs run_sequence(const Tensor& x, const Tensors& initial_states, const Tensor& mask,
                                            bool training);

  RNNCellLayer& cell_body() const;

 private:
  void check_rank(const Shape& shape) const;
  Tensors given_states(const Inputs& inputs, const CallContext& context) const;

  AnyLayer cell_;
  RNNOptions options_;
  Variables states_;
};

}  // namespace cornu::layers
