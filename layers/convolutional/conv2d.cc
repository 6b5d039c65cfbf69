#include "layers/convolutional/conv2d.h"

#include "layers/registry.h"

namespace cornu::layers {

Conv2D::Conv2D(std::int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : Shared(filters, kernel_size, options) {}

namespace {

const bool kRegistered = register_layer("Conv2D", [](const Config& config) -> AnyLayer {
  return Conv2D(config.at("filters").as_int(), SpatialSizes::from_config(config.at("kernel_size"), {}),
                conv_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
