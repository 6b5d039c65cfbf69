#include "layers/merging/average.h"

#include "framework/ops/arithmetic.h"
#include "layers/registry.h"

namespace cornu::layers {

Average::Average(const MergeOptions& options) : Shared(options) {}

Tensor AverageLayer::merge(const Tensors& inputs, const Tensors&) const {
  Tensor sum = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) sum = sum + inputs[i];
  return sum / static_cast<double>(inputs.size());
}

namespace {

const bool kRegistered =
    register_layer("Average", [](const Config& config) -> AnyLayer { return Average(merge_options_from(config)); });

}  // namespace

}  // namespace cornu::layers
