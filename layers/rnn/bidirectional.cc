#include "layers/rnn/bidirectional.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/slice.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {
namespace {

// The layer's configuration as a new layer of another name.
AnyLayer renewed(const AnyLayer& layer, const std::string& direction, bool turned, const std::string& title) {
  if (!layer.defined() || dynamic_cast<RNNLayer*>(layer.ptr().get()) == nullptr) {
    throw InvalidArgument(title + ": expected a recurrent layer such as LSTM(32) or RNN(cell); got " +
                              (layer.defined() ? layer_title(layer->class_name(), layer->name()) : "an empty handle"),
                          path_in_title(title));
  }
  Config serialized = serialize_layer(*layer);
  Config config = serialized.at("config");
  const std::string name = layer->name();
  config.set("name", direction + (name.starts_with(direction) ? name.substr(direction.size()) : name));
  if (turned) config.set("go_backwards", true);
  serialized.set("config", config);
  return layer_from_config(serialized);
}

void check_equal(const std::string& title, const char* what, bool forward, bool backward) {
  if (forward == backward) return;
  const auto text = [](bool value) { return value ? "true" : "false"; };
  throw InvalidArgument(title + ": Forward layer and backward layer are expected to have the same value for \"" + what +
                            "\"; got " + text(forward) + " for the forward layer and " + text(backward) +
                            " for the backward layer",
                        path_in_title(title));
}

}  // namespace

Bidirectional::Bidirectional(const AnyLayer& layer, const BidirectionalOptions& options) : Shared(layer, options) {}

BidirectionalLayer::BidirectionalLayer(const AnyLayer& layer, const BidirectionalOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      forward_(renewed(layer, "forward_", false, layer_title("Bidirectional", options.name))),
      backward_(options.backward_layer.defined()
                    ? options.backward_layer
                    : renewed(layer, "backward_", true, layer_title("Bidirectional", options.name))),
      merge_mode_(options.merge_mode) {
  const std::string title = layer_title("Bidirectional", options.name);
  if (merge_mode_ && *merge_mode_ != "sum" && *merge_mode_ != "mul" && *merge_mode_ != "ave" &&
      *merge_mode_ != "concat") {
    throw InvalidArgument(
        title + ": merge_mode must be \"sum\", \"mul\", \"ave\", \"concat\" or none; got \"" + *merge_mode_ + "\"",
        path_in_title(title));
  }
  if (dynamic_cast<RNNLayer*>(backward_.ptr().get()) == nullptr) {
    throw InvalidArgument(title + ": expected a recurrent layer as backward_layer; got " +
                              layer_title(backward_->class_name(), backward_->name()),
                          path_in_title(title));
  }
  const RNNOptions& one = forward_layer().options();
  const RNNOptions& other = backward_layer().options();
  if (one.go_backwards == other.go_backwards) {
    throw InvalidArgument(
        title + ": Forward layer and backward layer should have different `go_backwards` values; both have " +
            (one.go_backwards ? "true" : "false"),
        path_in_title(title));
  }
  check_equal(title, "stateful", one.stateful, other.stateful);
  check_equal(title, "return_sequences", one.return_sequences, other.return_sequences);
  check_equal(title, "return_state", one.return_state, other.return_state);
  forward_layer().set_zero_output_for_mask(one.return_sequences);
  backward_layer().set_zero_output_for_mask(other.return_sequences);
  name_attribute(forward_, "forward_layer");
  name_attribute(backward_, "backward_layer");
  set_supports_masking(true);
}

void BidirectionalLayer::build(const Shapes& inputs) {
  forward_->build_for({inputs[0]});
  backward_->build_for({inputs[0]});
}

Outputs BidirectionalLayer::call(const Inputs& inputs, const CallContext& context) {
  Tensors states = context.tensors("initial_state");
  if (states.empty()) states.assign(inputs.begin() + 1, inputs.end());
  if (states.size() % 2 != 0) {
    throw InvalidArgument(describe() + ": expected initial states for both directions, an even number; got " +
                              std::to_string(states.size()),
                          name());
  }
  const auto half = states.begin() + static_cast<std::ptrdiff_t>(states.size() / 2);
  const auto run = [&](const AnyLayer& layer, Tensors own_states) {
    CallOptions options{.training = context.training()};
    if (context.mask(0).defined()) options.mask = {context.mask(0)};
    if (!own_states.empty()) options.arguments["initial_state"] = std::move(own_states);
    return layer(inputs[0], options);
  };
  const Outputs one = run(forward_, Tensors(states.begin(), half));
  const Outputs other = run(backward_, Tensors(half, states.end()));

  const Tensor y = ops::cast(one[0], compute_dtype());
  Tensor y_back = ops::cast(other[0], compute_dtype());
  if (forward_layer().options().return_sequences) y_back = ops::flip(y_back, 1);
  Tensors outputs;
  if (!merge_mode_) {
    outputs = {y, y_back};
  } else if (*merge_mode_ == "concat") {
    outputs = {ops::concatenate({y, y_back}, -1)};
  } else if (*merge_mode_ == "sum") {
    outputs = {y + y_back};
  } else if (*merge_mode_ == "ave") {
    outputs = {(y + y_back) / 2.0};
  } else {
    outputs = {y * y_back};
  }
  outputs.insert(outputs.end(), one.begin() + 1, one.end());
  outputs.insert(outputs.end(), other.begin() + 1, other.end());
  return outputs;
}

Tensors BidirectionalLayer::compute_mask(const Inputs&, const Tensors& masks) {
  if (!forward_layer().options().return_sequences || masks.empty()) return {};
  return Tensors(merge_mode_ ? 1 : 2, masks[0]);
}

void BidirectionalLayer::reset_state() {
  if (!forward_layer().options().stateful) {
    throw StateError(describe() + ": Layer must be stateful. Give the wrapped layer .stateful = true", name());
  }
  Layer::reset_state();
}

Config BidirectionalLayer::config() const {
  Config config = Layer::config();
  config.set("merge_mode", merge_mode_ ? Config(*merge_mode_) : Config());
  config.set("layer", serialize_layer(*forward_));
  config.set("backward_layer", serialize_layer(*backward_));
  return config;
}

namespace {

const bool kRegistered = register_layer("Bidirectional", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  BidirectionalOptions options{.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype};
  if (const Config* merge_mode = config.find("merge_mode")) {
    options.merge_mode = merge_mode->is_null() ? std::nullopt : std::optional(merge_mode->as_string());
  }
  if (!config.get("backward_layer").is_null()) options.backward_layer = layer_from_config(config.at("backward_layer"));
  return Bidirectional(layer_from_config(config.at("layer")), options);
});

}  // namespace

}  // namespace cornu::layers
