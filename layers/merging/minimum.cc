#include "layers/merging/minimum.h"

#include "framework/ops/arithmetic.h"
#include "layers/registry.h"

namespace cornu::layers {

Minimum::Minimum(const MergeOptions& options) : Shared(options) {}

Tensor MinimumLayer::merge(const Tensors& inputs, const Tensors& masks) const {
  return merge_unmasked(inputs, masks, ops::minimum);
}

namespace {

const bool kRegistered =
    register_layer("Minimum", [](const Config& config) -> AnyLayer { return Minimum(merge_options_from(config)); });

}  // namespace

}  // namespace cornu::layers
