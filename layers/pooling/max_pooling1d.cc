#include "layers/pooling/max_pooling1d.h"

#include "layers/registry.h"

namespace cornu::layers {

MaxPooling1D::MaxPooling1D(const SpatialSizes& pool_size, const PoolingOptions& options) : Shared(pool_size, options) {}

namespace {

const bool kRegistered = register_layer("MaxPooling1D", [](const Config& config) -> AnyLayer {
  return MaxPooling1D(SpatialSizes::from_config(config.at("pool_size"), {}), pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
