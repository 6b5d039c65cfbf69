#include "layers/pooling/global_average_pooling1d.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/where.h"
#include "layers/registry.h"

namespace cornu::layers {

GlobalAveragePooling1D::GlobalAveragePooling1D(const GlobalPoolingOptions& options) : Shared(options) {}

GlobalAveragePooling1DLayer::GlobalAveragePooling1DLayer(const GlobalPoolingOptions& options)
    : BaseGlobalAveragePoolingLayer(1, options) {
  set_supports_masking(true);
}

Outputs GlobalAveragePooling1DLayer::call(const Inputs& inputs, const CallContext& context) {
  if (!context.mask().defined()) return BaseGlobalAveragePoolingLayer::call(inputs, context);
  const Tensor& x = inputs[0];
  const bool first = options().data_format.channels_first();
  const Tensor kept = ops::cast(ops::expand_dims(context.mask(), first ? 1 : 2), DType::kBool);
  const ReduceOptions steps{.axis = first ? 2 : 1, .keepdims = options().keepdims};
  // The masked positions are left out by selection: times zero would keep a NaN in them.
  return ops::sum(ops::where(kept, x, ops::zeros({}, x.dtype())), steps) / ops::sum(ops::cast(kept, x.dtype()), steps);
}

Tensors GlobalAveragePooling1DLayer::compute_mask(const Inputs&, const Tensors&) { return {}; }

namespace {

const bool kRegistered = register_layer("GlobalAveragePooling1D", [](const Config& config) -> AnyLayer {
  return GlobalAveragePooling1D(global_pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
