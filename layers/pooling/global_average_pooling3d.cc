#include "layers/pooling/global_average_pooling3d.h"

#include "layers/registry.h"

namespace cornu::layers {

GlobalAveragePooling3D::GlobalAveragePooling3D(const GlobalPoolingOptions& options) : Shared(options) {}

namespace {

const bool kRegistered = register_layer("GlobalAveragePooling3D", [](const Config& config) -> AnyLayer {
  return GlobalAveragePooling3D(global_pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
