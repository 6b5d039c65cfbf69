#include "layers/rnn/simple_rnn_cell.h"

#include "framework/ops/arithmetic.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"

namespace cornu::layers {

SimpleRNNCell::SimpleRNNCell(std::int64_t units, const SimpleRNNCellOptions& options) : Shared(units, options) {}

SimpleRNNCellLayer::SimpleRNNCellLayer(std::int64_t units, const SimpleRNNCellOptions& options)
    : BaseRNNCellLayer("SimpleRNNCell", cell_settings(units, 1, options)) {}

Outputs SimpleRNNCellLayer::call(const Inputs& inputs, const CallContext& context) {
  const bool training = context.training();
  const Tensor h = settings().activation(input_product(inputs[0], bias_value(), training) +
                                         recurrent_product(inputs[1], 0, 1, training));
  return Tensors{h, h};
}

namespace {

const bool kRegistered = register_layer("SimpleRNNCell", [](const Config& config) -> AnyLayer {
  SimpleRNNCellOptions options;
  read_cell_fields(config, options);
  return SimpleRNNCell(config.at("units").as_int(), options);
});

}  // namespace

}  // namespace cornu::layers
