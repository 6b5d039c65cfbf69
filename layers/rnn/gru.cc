#include "layers/rnn/gru.h"

#include "framework/ops/gru.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"

namespace cornu::layers {

GRU::GRU(std::int64_t units, const GRUOptions& options) : Shared(units, options) {}

GRULayer::GRULayer(std::int64_t units, const GRUOptions& options)
    : BaseRecurrentLayer("GRU", GRUCell(units, cell_options<GRUCellOptions>(options, "gru_cell")),
                         recurrent_settings(options)) {}

ops::SequenceOutputs GRULayer::run_operation(const ops::SequenceInputs& inputs,
                                             const ops::SequenceOptions& options) const {
  ops::SequenceOptions own = options;
  own.reset_after = cell().reset_after();
  return ops::gru(inputs, own);
}

namespace {

const bool kRegistered = register_layer("GRU", [](const Config& config) -> AnyLayer {
  GRUOptions options;
  read_cell_fields(config, options);
  read_sequence_fields(config, options);
  return GRU(config.at("units").as_int(), options);
});

}  // namespace

}  // namespace cornu::layers
