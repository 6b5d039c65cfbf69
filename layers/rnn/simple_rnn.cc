#include "layers/rnn/simple_rnn.h"

#include "framework/ops/simple_rnn.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"

namespace cornu::layers {

SimpleRNN::SimpleRNN(std::int64_t units, const SimpleRNNOptions& options) : Shared(units, options) {}

SimpleRNNLayer::SimpleRNNLayer(std::int64_t units, const SimpleRNNOptions& options)
    : BaseRecurrentLayer("SimpleRNN",
                         SimpleRNNCell(units, cell_options<SimpleRNNCellOptions>(options, "simple_rnn_cell")),
                         recurrent_settings(options)) {}

ops::SequenceOutputs SimpleRNNLayer::run_operation(const ops::SequenceInputs& inputs,
                                                   const ops::SequenceOptions& options) const {
  return ops::simple_rnn(inputs, options);
}

namespace {

const bool kRegistered = register_layer("SimpleRNN", [](const Config& config) -> AnyLayer {
  SimpleRNNOptions options;
  read_cell_fields(config, options);
  read_sequence_fields(config, options);
  return SimpleRNN(config.at("units").as_int(), options);
});

}  // namespace

}  // namespace cornu::layers
