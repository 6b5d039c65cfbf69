#include "layers/rnn/gru_cell.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"

namespace cornu::layers {

GRUCell::GRUCell(std::int64_t units, const GRUCellOptions& options) : Shared(units, options) {}

GRUCellLayer::GRUCellLayer(std::int64_t units, const GRUCellOptions& options)
    : BaseRNNCellLayer("GRUCell", cell_settings(units, 3, options)), reset_after_(options.reset_after) {}

Shape GRUCellLayer::bias_shape() const {
  // One row for the inputs and one for the state: the latter's third gate is scaled by the reset gate.
  return reset_after_ ? Shape{2, 3 * units()} : Shape{3 * units()};
}

Outputs GRUCellLayer::call(const Inputs& inputs, const CallContext& context) {
  const bool training = context.training();
  const ActivationFunction& activation = settings().activation;
  const ActivationFunction& recurrent = *settings().recurrent_activation;
  const Tensor& h = inputs[1];
  Tensor input_bias = bias_value();
  Tensor recurrent_bias;
  if (input_bias.defined() && reset_after_) {
    const Tensors rows = ops::unstack(input_bias, 0);
    input_bias = rows[0];
    recurrent_bias = rows[1];
  }
  const Tensors x = ops::split(input_product(inputs[0], input_bias, training), 3, -1);
  Tensor inner = recurrent_product(h, 0, reset_after_ ? 3 : 2, training);
  if (recurrent_bias.defined()) inner = inner + recurrent_bias;
  const Tensors parts = ops::split(inner, reset_after_ ? 3 : 2, -1);

  const Tensor z = recurrent(x[0] + parts[0]);
  const Tensor r = recurrent(x[1] + parts[1]);
  const Tensor candidate = activation(x[2] + (reset_after_ ? r * parts[2] : recurrent_product(r * h, 2, 3, training)));
  const Tensor next = z * h + (1.0 - z) * candidate;
  return Tensors{next, next};
}

Config GRUCellLayer::config() const {
  Config config = BaseRNNCellLayer::config();
  config.set("reset_after", reset_after_);
  return config;
}

namespace {

const bool kRegistered = register_layer("GRUCell", [](const Config& config) -> AnyLayer {
  GRUCellOptions options;
  read_cell_fields(config, options);
  return GRUCell(config.at("units").as_int(), options);
});

}  // namespace

}  // namespace cornu::layers
