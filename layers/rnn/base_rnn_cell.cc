#include "layers/rnn/base_rnn_cell.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/matmul.h"
#include "framework/ops/random.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "layers/config_fields.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BaseRNNCellLayer::BaseRNNCellLayer(const std::string& class_name, RNNCellSettings settings)
    : RNNCellLayer(settings.layer), settings_(std::move(settings)) {
  if (settings_.units < 1) {
    throw InvalidArgument(layer_title(class_name, settings_.layer.name) + ": units must be positive; got " +
                              std::to_string(settings_.units),
                          settings_.layer.name);
  }
  if (settings_.implementation != 1 && settings_.implementation != 2) {
    throw InvalidArgument(layer_title(class_name, settings_.layer.name) + ": implementation must be 1 or 2; got " +
                              std::to_string(settings_.implementation),
                          settings_.layer.name);
  }
  settings_.dropout = std::clamp(settings_.dropout, 0.0, 1.0);
  settings_.recurrent_dropout = std::clamp(settings_.recurrent_dropout, 0.0, 1.0);
  if (settings_.recurrent_dropout != 0.0) settings_.implementation = 1;
  add_seed_state(settings_.seed);
}

void BaseRNNCellLayer::build(const Shapes& inputs) {
  const std::int64_t input_dim = inputs[0].back();
  if (input_dim == kUnknown) {
    throw ShapeError(describe() + ": the last axis of the input must have a known size; got " + inputs[0].to_string(),
                     name());
  }
  const std::int64_t width = settings_.num_gates * settings_.units;
  kernel_ = add_weight("kernel", {input_dim, width},
                       {.initializer = settings_.kernel_initializer,
                        .regularizer = settings_.kernel_regularizer,
                        .constraint = settings_.kernel_constraint});
  recurrent_kernel_ = add_weight("recurrent_kernel", {settings_.units, width},
                                 {.initializer = settings_.recurrent_initializer,
                                  .regularizer = settings_.recurrent_regularizer,
                                  .constraint = settings_.recurrent_constraint});
  if (settings_.use_bias) {
    bias_ = add_weight("bias", bias_shape(),
                       {.initializer = bias_initializer(),
                        .regularizer = settings_.bias_regularizer,
                        .constraint = settings_.bias_constraint});
  }
}

// A simple RNN drops everything at rate 1; the gated cells take that for no dropout, as Keras does.
bool BaseRNNCellLayer::drops_input(bool training) const {
  return training && settings_.dropout > 0.0 && (settings_.num_gates == 1 || settings_.dropout < 1.0);
}

bool BaseRNNCellLayer::drops_state(bool training) const {
  return training && settings_.recurrent_dropout > 0.0 &&
         (settings_.num_gates == 1 || settings_.recurrent_dropout < 1.0);
}

Tensors BaseRNNCellLayer::make_masks(const Tensor& like, double rate, std::int64_t count) {
  Tensors masks;
  for (std::int64_t i = 0; i < count; ++i) {
    masks.push_back(ops::dropout(ops::ones_like(like), rate, next_random_state()));
  }
  return masks;
}

Tensor BaseRNNCellLayer::dropped_input(const Tensor& x, std::size_t gate, bool training) {
  if (!drops_input(training)) return x;
  if (input_masks_.empty()) {
    input_masks_ = make_masks(x, settings_.dropout, has_mask_per_gate() ? settings_.num_gates : 1);
  }
  return x * input_masks_.at(gate);
}

Tensor BaseRNNCellLayer::dropped_state(const Tensor& h, std::size_t gate, bool training) {
  if (!drops_state(training)) return h;
  if (state_masks_.empty()) {
    state_masks_ = make_masks(h, settings_.recurrent_dropout, has_mask_per_gate() ? settings_.num_gates : 1);
  }
  return h * state_masks_.at(gate);
}

void BaseRNNCellLayer::begin_sequence() {
  in_sequence_ = true;
  input_masks_.clear();
  state_masks_.clear();
}

void BaseRNNCellLayer::end_sequence() {
  in_sequence_ = false;
  input_masks_.clear();
  state_masks_.clear();
}

Tensor BaseRNNCellLayer::product_by_gates(const Tensor& x, const Tensor& kernel, std::int64_t first, std::int64_t last,
                                          bool dropped_per_gate,
                                          const std::function<Tensor(std::size_t)>& dropped) const {
  const std::int64_t units = settings_.units;
  const auto columns = [&](std::int64_t from, std::int64_t to) {
    return from == 0 && to == settings_.num_gates ? kernel : ops::slice_axis(kernel, 1, from * units, to * units);
  };
  if (!dropped_per_gate) return ops::matmul(x, columns(first, last));
  Tensors products;
  for (std::int64_t gate = first; gate < last; ++gate) {
    products.push_back(ops::matmul(dropped(static_cast<std::size_t>(gate)), columns(gate, gate + 1)));
  }
  return products.size() == 1 ? products[0] : ops::concatenate(products, -1);
}

Tensor BaseRNNCellLayer::input_product(const Tensor& x, const Tensor& bias, bool training) {
  // Outside of a sequence each call draws masks of its own.
  if (!in_sequence_) input_masks_.clear();
  const bool per_gate = has_mask_per_gate() && drops_input(training);
  Tensor product =
      product_by_gates(per_gate ? x : dropped_input(x, 0, training), compute_value(kernel_), 0, settings_.num_gates,
                       per_gate, [&](std::size_t gate) { return dropped_input(x, gate, training); });
  return bias.defined() ? product + bias : product;
}

Tensor BaseRNNCellLayer::recurrent_product(const Tensor& h, std::int64_t first, std::int64_t last, bool training) {
  if (!in_sequence_ && first == 0) state_masks_.clear();
  const bool per_gate = has_mask_per_gate() && drops_state(training);
  return product_by_gates(per_gate ? h : dropped_state(h, 0, training), compute_value(recurrent_kernel_), first, last,
                          per_gate, [&](std::size_t gate) { return dropped_state(h, gate, training); });
}

bool BaseRNNCellLayer::has_sequence_operation(bool training) const {
  const bool known =
      ops::is_sequence_activation(settings_.activation.name()) &&
      (!settings_.recurrent_activation || ops::is_sequence_activation(settings_.recurrent_activation->name()));
  return known && !drops_state(training) && !(drops_input(training) && has_mask_per_gate());
}

ops::SequenceInputs BaseRNNCellLayer::sequence_inputs(const Tensor& x, bool training) {
  Tensor dropped = x;
  if (drops_input(training)) {
    // The mask of one step, for all of them.
    const Tensor ones = ops::ones_like(ops::slice_position(x, 1, 0));
    dropped = x * ops::dropout(ones, settings_.dropout, next_random_state());
  }
  return {.x = dropped,
          .kernel = compute_value(kernel_),
          .recurrent_kernel = compute_value(recurrent_kernel_),
          .bias = bias_value()};
}

Config BaseRNNCellLayer::config() const {
  Config config = Layer::config();
  config.set("units", settings_.units);
  config.set("activation", settings_.activation.config());
  if (settings_.recurrent_activation) config.set("recurrent_activation", settings_.recurrent_activation->config());
  config.set("use_bias", settings_.use_bias);
  config.set("kernel_initializer", settings_.kernel_initializer.serialized());
  config.set("recurrent_initializer", settings_.recurrent_initializer.serialized());
  config.set("bias_initializer", settings_.bias_initializer.serialized());
  config.set("kernel_regularizer", settings_.kernel_regularizer.serialized());
  config.set("recurrent_regularizer", settings_.recurrent_regularizer.serialized());
  config.set("bias_regularizer", settings_.bias_regularizer.serialized());
  config.set("kernel_constraint", settings_.kernel_constraint.serialized());
  config.set("recurrent_constraint", settings_.recurrent_constraint.serialized());
  config.set("bias_constraint", settings_.bias_constraint.serialized());
  config.set("dropout", settings_.dropout);
  config.set("recurrent_dropout", settings_.recurrent_dropout);
  config.set("seed", config_of(settings_.seed));
  return config;
}

}  // namespace cornu::layers
