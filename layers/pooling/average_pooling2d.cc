#include "layers/pooling/average_pooling2d.h"

#include "layers/registry.h"

namespace cornu::layers {

AveragePooling2D::AveragePooling2D(const SpatialSizes& pool_size, const PoolingOptions& options)
    : Shared(pool_size, options) {}

namespace {

const bool kRegistered = register_layer("AveragePooling2D", [](const Config& config) -> AnyLayer {
  return AveragePooling2D(SpatialSizes::from_config(config.at("pool_size"), {}), pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
