#include "layers/rnn/time_distributed.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/reshape.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

TimeDistributed::TimeDistributed(const AnyLayer& layer, const TimeDistributedOptions& options)
    : Shared(layer, options) {}

TimeDistributedLayer::TimeDistributedLayer(const AnyLayer& layer, const TimeDistributedOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), layer_(layer) {
  if (!layer.defined()) {
    throw InvalidArgument(layer_title("TimeDistributed", options.name) + ": expected a layer; got an empty handle",
                          path_in_title(layer_title("TimeDistributed", options.name)));
  }
  name_attribute(layer_, "layer");
  set_supports_masking(true);
}

void TimeDistributedLayer::check_rank(const Shape& shape) const {
  if (shape.rank() >= 3) return;
  throw ShapeError(describe() +
                       ": `TimeDistributed` Layer should be passed an input of at least 3 dimensions (batch, "
                       "time, ...); got shape " +
                       shape.to_string(),
                   name());
}

void TimeDistributedLayer::check_mask(const Shape& mask, const Shape& input) const {
  if (mask.rank() >= 2 && mask.slice(0, 2).is_compatible_with(input.slice(0, 2))) return;
  throw ShapeError(describe() + ": expected a mask whose first two dimensions are those of the input, " +
                       input.slice(0, 2).to_string() + "; got shape " + mask.to_string(),
                   name());
}

void TimeDistributedLayer::build(const Shapes& inputs) {
  check_rank(inputs[0]);
  layer_->build_for({Shape{inputs[0][0]}.concatenated(inputs[0].slice(2))});
}

bool TimeDistributedLayer::steps_are_independent(bool training) const {
  const Variables weights = layer_->weights();
  const Variables all = layer_->variables();
  return std::all_of(all.begin(), all.end(), [&](const Variable& variable) {
    if (variable.dtype() == int64) return !training;  // the state of a seed generator
    const bool is_weight = std::find(weights.begin(), weights.end(), variable) != weights.end();
    return is_weight && (variable.trainable() || !training);
  });
}

Outputs TimeDistributedLayer::call(const Inputs& inputs, const CallContext& context) {
  const Tensor& x = inputs[0];
  check_rank(x.shape());
  const Tensor mask = context.mask(0);
  if (mask.defined()) check_mask(mask.shape(), x.shape());
  const auto apply = [&](const Tensor& step, const Tensor& step_mask) {
    CallOptions options{.training = context.training()};
    if (step_mask.defined()) options.mask = {step_mask};
    return layer_(step, options).single();
  };

  if (x.shape()[1] == kUnknown || steps_are_independent(context.training())) {
    const auto merged = [](const Tensor& tensor) {
      return ops::reshape(tensor, Shape{kUnknown}.concatenated(tensor.shape().slice(2)));
    };
    const Tensor y = apply(merged(x), mask.defined() ? merged(mask) : Tensor());
    return ops::reshape(y, x.shape().slice(0, 2).concatenated(y.shape().slice(1)));
  }
  const Tensors steps = ops::unstack(x, 1);
  const Tensors masks = mask.defined() ? ops::unstack(mask, 1) : Tensors(steps.size());
  Tensors outputs;
  for (std::size_t s = 0; s < steps.size(); ++s) outputs.push_back(apply(steps[s], masks[s]));
  return ops::stack(outputs, 1);
}

Config TimeDistributedLayer::config() const {
  Config config = Layer::config();
  config.set("layer", serialize_layer(*layer_));
  return config;
}

namespace {

const bool kRegistered = register_layer("TimeDistributed", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return TimeDistributed(layer_from_config(config.at("layer")),
                         {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
