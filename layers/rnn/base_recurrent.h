#pragma once

#include "layers/rnn/base_rnn_cell.h"
#include "layers/rnn/rnn.h"

namespace cornu::layers {

/// What SimpleRNN, LSTM and GRU are told besides the options of their cell.
struct RecurrentSettings {
  RNNOptions sequence;
  std::optional<bool> use_cudnn;
};

/// What SimpleRNN, LSTM and GRU have in common: one operation computes the whole sequence, where it knows the
/// activations and dropout leaves it possible; otherwise the cell is called step by step.
class BaseRecurrentLayer : public RNNLayer {
 public:
  BaseRecurrentLayer(const std::string& class_name, const AnyLayer& cell, const RecurrentSettings& settings);
  /// The cell's options stand beside the sequence's, without a cell.
  Config config() const override;

 protected:
  const BaseRNNCellLayer& recurrent_cell() const { return static_cast<const BaseRNNCellLayer&>(cell_body()); }
  std::optional<std::int64_t> required_rank() const override { return 3; }
  ops::SequenceOutputs run_sequence(const Tensor& x, const Tensors& initial_states, const Tensor& mask,
                                    bool training) override;
  virtual ops::SequenceOutputs run_operation(const ops::SequenceInputs& inputs,
                                             const ops::SequenceOptions& options) const = 0;

 private:
  std::optional<bool> use_cudnn_;
};

/// The sequence's part of a layer's options.
template <typename Options> RecurrentSettings recurrent_settings(const Options& options) {
  RecurrentSettings settings{.sequence = {.return_sequences = options.return_sequences,
                                          .return_state = options.return_state,
                                          .go_backwards = options.go_backwards,
                                          .stateful = options.stateful,
                                          .unroll = options.unroll,
                                          .zero_output_for_mask = options.zero_output_for_mask,
                                          .activity_regularizer = options.activity_regularizer,
                                          .name = options.name,
                                          .trainable = options.trainable,
                                          .dtype = options.dtype},
                             .use_cudnn = {}};
  if constexpr (requires { options.use_cudnn; }) settings.use_cudnn = options.use_cudnn;
  return settings;
}

}  // namespace cornu::layers
