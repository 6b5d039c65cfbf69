#include "layers/pooling/global_average_pooling2d.h"

#include "layers/registry.h"

namespace cornu::layers {

GlobalAveragePooling2D::GlobalAveragePooling2D(const GlobalPoolingOptions& options) : Shared(options) {}

namespace {

const bool kRegistered = register_layer("GlobalAveragePooling2D", [](const Config& config) -> AnyLayer {
  return GlobalAveragePooling2D(global_pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
