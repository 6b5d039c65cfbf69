#include "layers/convolutional/separable_conv2d.h"

#include "layers/registry.h"

namespace cornu::layers {

SeparableConv2D::SeparableConv2D(std::int64_t filters, const SpatialSizes& kernel_size,
                                 const SeparableConvOptions& options)
    : Shared(filters, kernel_size, options) {}

namespace {

const bool kRegistered = register_layer("SeparableConv2D", [](const Config& config) -> AnyLayer {
  return SeparableConv2D(config.at("filters").as_int(), SpatialSizes::from_config(config.at("kernel_size"), {}),
                         separable_conv_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
