#include "layers/pooling/global_max_pooling3d.h"

#include "layers/registry.h"

namespace cornu::layers {

GlobalMaxPooling3D::GlobalMaxPooling3D(const GlobalPoolingOptions& options) : Shared(options) {}

namespace {

const bool kRegistered = register_layer("GlobalMaxPooling3D", [](const Config& config) -> AnyLayer {
  return GlobalMaxPooling3D(global_pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
