#include "layers/convolutional/conv2d_transpose.h"

#include "layers/registry.h"

namespace cornu::layers {

Conv2DTranspose::Conv2DTranspose(std::int64_t filters, const SpatialSizes& kernel_size,
                                 const ConvTransposeOptions& options)
    : Shared(filters, kernel_size, options) {}

namespace {

const bool kRegistered = register_layer("Conv2DTranspose", [](const Config& config) -> AnyLayer {
  return Conv2DTranspose(config.at("filters").as_int(), SpatialSizes::from_config(config.at("kernel_size"), {}),
                         conv_transpose_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
