#include "layers/merging/concatenate.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

Concatenate::Concatenate(const ConcatenateOptions& options) : Shared(options) {}

ConcatenateLayer::ConcatenateLayer(const ConcatenateOptions& options)
    : BaseMergeLayer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      axis_(options.axis) {}

void ConcatenateLayer::build(const Shapes& inputs) {
  std::string text;
  for (const Shape& shape : inputs) text += (text.empty() ? "" : ", ") + shape.to_string();
  for (const Shape& shape : inputs) {
    bool fits = shape.rank() == inputs[0].rank();
    for (std::int64_t axis = 0; fits && axis < shape.rank(); ++axis) {
      const bool joined = axis == inputs[0].checked_axis(axis_);
      fits = joined || shape[axis] == kUnknown || inputs[0][axis] == kUnknown || shape[axis] == inputs[0][axis];
    }
    if (!fits) {
      throw ShapeError(describe() + ": expected inputs of matching shapes except for axis " + std::to_string(axis_) +
                           ", along which they are put together; got shapes " + text,
                       name());
    }
  }
}

Outputs ConcatenateLayer::call(const Inputs& inputs, const CallContext& context) {
  check_is_list(inputs);
  return merge(inputs.tensors(), context.masks());
}

Tensor ConcatenateLayer::merge(const Tensors& inputs, const Tensors&) const { return ops::concatenate(inputs, axis_); }

Tensors ConcatenateLayer::compute_mask(const Inputs& inputs, const Tensors& masks) {
  if (std::none_of(masks.begin(), masks.end(), [](const Tensor& mask) { return mask.defined(); })) return {};
  Tensors full;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!masks[i].defined()) {
      full.push_back(ops::cast(ops::ones_like(inputs[i]), boolean));
    } else if (masks[i].rank() < inputs[i].rank()) {
      full.push_back(ops::broadcast_like(ops::expand_dims(masks[i], -1), inputs[i]));
    } else {
      full.push_back(masks[i]);
    }
  }
  return {ops::any(ops::concatenate(full, axis_), {.axis = -1})};
}

Config ConcatenateLayer::config() const {
  Config config = Layer::config();
  config.set("axis", axis_);
  return config;
}

namespace {

const bool kRegistered = register_layer("Concatenate", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Concatenate({.axis = config.get_int("axis", -1),
                      .name = settings.name,
                      .trainable = settings.trainable,
                      .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
