#include "layers/merging/maximum.h"

#include "framework/ops/arithmetic.h"
#include "layers/registry.h"

namespace cornu::layers {

Maximum::Maximum(const MergeOptions& options) : Shared(options) {}

Tensor MaximumLayer::merge(const Tensors& inputs, const Tensors& masks) const {
  return merge_unmasked(inputs, masks, ops::maximum);
}

namespace {

const bool kRegistered =
    register_layer("Maximum", [](const Config& config) -> AnyLayer { return Maximum(merge_options_from(config)); });

}  // namespace

}  // namespace cornu::layers
