#include "layers/convolutional/depthwise_conv2d.h"

#include "layers/registry.h"

namespace cornu::layers {

DepthwiseConv2D::DepthwiseConv2D(const SpatialSizes& kernel_size, const DepthwiseConvOptions& options)
    : Shared(kernel_size, options) {}

namespace {

const bool kRegistered = register_layer("DepthwiseConv2D", [](const Config& config) -> AnyLayer {
  return DepthwiseConv2D(SpatialSizes::from_config(config.at("kernel_size"), {}), depthwise_conv_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
