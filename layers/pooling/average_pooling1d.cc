#include "layers/pooling/average_pooling1d.h"

#include "layers/registry.h"

namespace cornu::layers {

AveragePooling1D::AveragePooling1D(const SpatialSizes& pool_size, const PoolingOptions& options)
    : Shared(pool_size, options) {}

namespace {

const bool kRegistered = register_layer("AveragePooling1D", [](const Config& config) -> AnyLayer {
  return AveragePooling1D(SpatialSizes::from_config(config.at("pool_size"), {}), pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
