#include "layers/pooling/max_pooling2d.h"

#include "layers/registry.h"

namespace cornu::layers {

MaxPooling2D::MaxPooling2D(const SpatialSizes& pool_size, const PoolingOptions& options) : Shared(pool_size, options) {}

namespace {

const bool kRegistered = register_layer("MaxPooling2D", [](const Config& config) -> AnyLayer {
  return MaxPooling2D(SpatialSizes::from_config(config.at("pool_size"), {}), pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
