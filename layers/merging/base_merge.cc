#include "layers/merging/base_merge.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reshape.h"
#include "framework/ops/where.h"

namespace cornu::layers {
namespace {

std::string text_of(const Shapes& shapes) {
  std::string text;
  for (const Shape& shape : shapes) text += (text.empty() ? "" : ", ") + shape.to_string();
  return text;
}

}  // namespace

BaseMergeLayer::BaseMergeLayer(const MergeOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}) {
  set_supports_masking(true);
}

void BaseMergeLayer::check_is_list(const Inputs& inputs, std::size_t count) const {
  const std::string wanted = count == 0 ? "a list of inputs" : "a list of exactly " + std::to_string(count) + " inputs";
  if (!inputs.is_list() || inputs.size() == 0 || (count > 0 && inputs.size() != count)) {
    throw InvalidArgument(describe() + ": expected " + wanted + "; got " +
                              (inputs.is_list() ? std::to_string(inputs.size()) : "a single tensor") +
                              ". Call it as layer({a, b}).",
                          name());
  }
}

void BaseMergeLayer::build(const Shapes& inputs) {
  Shape merged;
  std::int64_t batch = kUnknown;
  for (const Shape& shape : inputs) {
    if (shape.empty()) continue;
    if (batch != kUnknown && shape[0] != kUnknown && shape[0] != batch) {
      throw ShapeError(describe() + ": expected inputs of one batch size; got shapes " + text_of(inputs), name());
    }
    if (batch == kUnknown) batch = shape[0];
    try {
      merged = broadcast_shapes(merged, shape.slice(1));
    } catch (const ShapeError&) {
      throw ShapeError(describe() + ": expected inputs whose shapes broadcast; got " + text_of(inputs), name());
    }
  }
}

Outputs BaseMergeLayer::call(const Inputs& inputs, const CallContext& context) {
  check_is_list(inputs);
  std::int64_t rank = 0;
  for (const Tensor& input : inputs) rank = std::max(rank, input.rank());
  Tensors aligned;
  for (Tensor input : inputs) {
    while (input.rank() < rank) input = ops::expand_dims(input, 1);
    aligned.push_back(input);
  }
  return merge(aligned, context.masks());
}

Tensors BaseMergeLayer::compute_mask(const Inputs&, const Tensors& masks) {
  Tensor merged;
  for (const Tensor& mask : masks) {
    if (!mask.defined()) return {};
    merged = merged.defined() ? ops::logical_or(merged, mask) : mask;
  }
  return {merged};
}

MergeOptions merge_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype};
}

Tensor merge_unmasked(const Tensors& inputs, const Tensors& masks, Tensor (*operation)(const Tensor&, const Tensor&)) {
  Tensor merged;
  Tensor merged_mask;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Tensor x = inputs[i];
    Tensor mask = i < masks.size() ? masks[i] : Tensor();
    if (mask.defined()) mask = ops::broadcast_like(ops::expand_dims(mask, -1), x);
    if (!merged.defined()) {
      merged = x;
      merged_mask = mask;
      continue;
    }
    // What is masked out takes the other side's value, which then decides.
    if (mask.defined()) x = ops::where(mask, x, merged);
    if (merged_mask.defined()) merged = ops::where(merged_mask, merged, x);
    merged_mask = mask.defined() && merged_mask.defined() ? ops::logical_or(merged_mask, mask) : Tensor();
    merged = operation(merged, x);
  }
  return merged;
}

}  // namespace cornu::layers
