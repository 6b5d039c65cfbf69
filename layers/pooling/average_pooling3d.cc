#include "layers/pooling/average_pooling3d.h"

#include "layers/registry.h"

namespace cornu::layers {

AveragePooling3D::AveragePooling3D(const SpatialSizes& pool_size, const PoolingOptions& options)
    : Shared(pool_size, options) {}

namespace {

const bool kRegistered = register_layer("AveragePooling3D", [](const Config& config) -> AnyLayer {
  return AveragePooling3D(SpatialSizes::from_config(config.at("pool_size"), {}), pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
