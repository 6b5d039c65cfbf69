#include "layers/pooling/max_pooling3d.h"

#include "layers/registry.h"

namespace cornu::layers {

MaxPooling3D::MaxPooling3D(const SpatialSizes& pool_size, const PoolingOptions& options) : Shared(pool_size, options) {}

namespace {

const bool kRegistered = register_layer("MaxPooling3D", [](const Config& config) -> AnyLayer {
  return MaxPooling3D(SpatialSizes::from_config(config.at("pool_size"), {}), pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
