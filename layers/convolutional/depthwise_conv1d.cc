#include "layers/convolutional/depthwise_conv1d.h"

#include "layers/registry.h"

namespace cornu::layers {

DepthwiseConv1D::DepthwiseConv1D(const SpatialSizes& kernel_size, const DepthwiseConvOptions& options)
    : Shared(kernel_size, options) {}

namespace {

const bool kRegistered = register_layer("DepthwiseConv1D", [](const Config& config) -> AnyLayer {
  return DepthwiseConv1D(SpatialSizes::from_config(config.at("kernel_size"), {}), depthwise_conv_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
