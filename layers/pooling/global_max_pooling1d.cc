#include "layers/pooling/global_max_pooling1d.h"

#include "layers/registry.h"

namespace cornu::layers {

GlobalMaxPooling1D::GlobalMaxPooling1D(const GlobalPoolingOptions& options) : Shared(options) {}

namespace {

const bool kRegistered = register_layer("GlobalMaxPooling1D", [](const Config& config) -> AnyLayer {
  return GlobalMaxPooling1D(global_pooling_options_from(config));
});

}  // namespace

}  // namespace cornu::layers
