#include "layers/rnn/lstm.h"

#include "framework/ops/lstm.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"

namespace cornu::layers {

LSTM::LSTM(std::int64_t units, const LSTMOptions& options) : Shared(units, options) {}

LSTMLayer::LSTMLayer(std::int64_t units, const LSTMOptions& options)
    : BaseRecurrentLayer("LSTM", LSTMCell(units, cell_options<LSTMCellOptions>(options, "lstm_cell")),
                         recurrent_settings(options)) {}

ops::SequenceOutputs LSTMLayer::run_operation(const ops::SequenceInputs& inputs,
                                              const ops::SequenceOptions& options) const {
  return ops::lstm(inputs, options);
}

namespace {

const bool kRegistered = register_layer("LSTM", [](const Config& config) -> AnyLayer {
  LSTMOptions options;
  read_cell_fields(config, options);
  read_sequence_fields(config, options);
  return LSTM(config.at("units").as_int(), options);
});

}  // namespace

}  // namespace cornu::layers
