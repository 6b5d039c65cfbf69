#include "layers/rnn/base_recurrent.h"

#include "framework/error.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BaseRecurrentLayer::BaseRecurrentLayer(const std::string& class_name, const AnyLayer& cell,
                                       const RecurrentSettings& settings)
    : RNNLayer(cell, settings.sequence), use_cudnn_(settings.use_cudnn) {
  // What the operation cannot compute in training it cannot at all.
  if (use_cudnn_.value_or(false) && !recurrent_cell().has_sequence_operation(true)) {
    throw InvalidArgument(
        layer_title(class_name, settings.sequence.name) +
            ": use_cudnn=True was specified, but no operation on whole sequences supports this layer configuration "
            "(its activations, or dropout per gate). Leave use_cudnn out to go step by step.",
        settings.sequence.name);
  }
}

ops::SequenceOutputs BaseRecurrentLayer::run_sequence(const Tensor& x, const Tensors& initial_states,
                                                      const Tensor& mask, bool training) {
  auto& cell = static_cast<BaseRNNCellLayer&>(cell_body());
  if (!cell.has_sequence_operation(training)) return RNNLayer::run_sequence(x, initial_states, mask, training);
  ops::SequenceInputs inputs = cell.sequence_inputs(x, training);
  inputs.mask = mask;
  inputs.initial_states = initial_states;
  const RNNCellSettings& settings = cell.settings();
  return run_operation(inputs, {.activation = settings.activation.name(),
                                .recurrent_activation =
                                    settings.recurrent_activation ? settings.recurrent_activation->name() : "sigmoid",
                                .go_backwards = options().go_backwards,
                                .return_sequences = options().return_sequences,
                                .zero_output_for_mask = options().zero_output_for_mask});
}

Config BaseRecurrentLayer::config() const {
  Config config = RNNLayer::config();
  config.erase("cell");
  const Config cell = recurrent_cell().config();
  for (const auto& [key, value] : cell.as_dict()) {
    if (key != "name" && key != "trainable" && key != "dtype") config.set(key, value);
  }
  config.set("activity_regularizer", options().activity_regularizer.serialized());
  return config;
}

}  // namespace cornu::layers
