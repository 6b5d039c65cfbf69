#include "layers/rnn/lstm_cell.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/concatenate.h"
#include "layers/registry.h"
#include "layers/rnn/rnn_fields.h"

namespace cornu::layers {
namespace {

// Ones at the forget gate, and what another initializer makes at the others.
class ForgetGateInitializer final : public Initializer::Body {
 public:
  explicit ForgetGateInitializer(Initializer others) : others_(std::move(others)) {}
  std::string class_name() const override { return others_.body().class_name(); }
  Config config() const override { return others_.body().config(); }
  Tensor make(const Shape& shape, DType dtype, std::uint64_t seed) const override {
    const std::int64_t units = shape[0] / 4;
    return ops::concatenate(
        {others_({units}, dtype, seed), ops::ones({units}, dtype), others_({2 * units}, dtype, seed)}, 0);
  }

 private:
  Initializer others_;
};

}  // namespace

LSTMCell::LSTMCell(std::int64_t units, const LSTMCellOptions& options) : Shared(units, options) {}

LSTMCellLayer::LSTMCellLayer(std::int64_t units, const LSTMCellOptions& options)
    : BaseRNNCellLayer("LSTMCell", cell_settings(units, 4, options)), unit_forget_bias_(options.unit_forget_bias) {}

Initializer LSTMCellLayer::bias_initializer() const {
  const Initializer& others = settings().bias_initializer;
  return unit_forget_bias_ ? Initializer(std::make_shared<ForgetGateInitializer>(others)) : others;
}

Outputs LSTMCellLayer::call(const Inputs& inputs, const CallContext& context) {
  const bool training = context.training();
  const ActivationFunction& activation = settings().activation;
  const ActivationFunction& recurrent = *settings().recurrent_activation;
  const Tensors gates = ops::split(
      input_product(inputs[0], bias_value(), training) + recurrent_product(inputs[1], 0, 4, training), 4, -1);
  const Tensor c = recurrent(gates[1]) * inputs[2] + recurrent(gates[0]) * activation(gates[2]);
  const Tensor h = recurrent(gates[3]) * activation(c);
  return Tensors{h, h, c};
}

Config LSTMCellLayer::config() const {
  Config config = BaseRNNCellLayer::config();
  config.set("unit_forget_bias", unit_forget_bias_);
  return config;
}

namespace {

const bool kRegistered = register_layer("LSTMCell", [](const Config& config) -> AnyLayer {
  LSTMCellOptions options;
  read_cell_fields(config, options);
  return LSTMCell(config.at("units").as_int(), options);
});

}  // namespace

}  // namespace cornu::layers
