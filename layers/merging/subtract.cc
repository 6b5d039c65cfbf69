#include "layers/merging/subtract.h"

#include "framework/ops/arithmetic.h"
#include "layers/registry.h"

namespace cornu::layers {

Subtract::Subtract(const MergeOptions& options) : Shared(options) {}

Outputs SubtractLayer::call(const Inputs& inputs, const CallContext& context) {
  check_is_list(inputs, 2);
  return BaseMergeLayer::call(inputs, context);
}

Tensor SubtractLayer::merge(const Tensors& inputs, const Tensors&) const { return inputs[0] - inputs[1]; }

namespace {

const bool kRegistered =
    register_layer("Subtract", [](const Config& config) -> AnyLayer { return Subtract(merge_options_from(config)); });

}  // namespace

}  // namespace cornu::layers
