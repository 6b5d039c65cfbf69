#include "layers/pooling/global_max_pooling2d.h"

#include "layers/registry.h"

namespace cornu::layers {

GlobalMaxPooling2D::GlobalMaxPooling2D(const GlobalPoolingOptions& options) : Shared(options) {}

namespace {

const bool kRegistered = register_layer("GlobalMaxPooling2D", [](const Config& config) -> AnyLayer {
  return GlobalMaxPooling2D(global_pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
