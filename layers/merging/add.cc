#include "layers/merging/add.h"

#include "framework/ops/arithmetic.h"
#include "layers/registry.h"

namespace cornu::layers {

Add::Add(const MergeOptions& options) : Shared(options) {}

Tensor AddLayer::merge(const Tensors& inputs, const Tensors&) const {
  Tensor sum = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) sum = sum + inputs[i];
  return sum;
}

namespace {

const bool kRegistered =
    register_layer("Add", [](const Config& config) -> AnyLayer { return Add(merge_options_from(config)); });

}  // namespace

}  // namespace cornu::layers
