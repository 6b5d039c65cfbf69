#include "layers/reshaping/cropping1d.h"

#include "layers/registry.h"

namespace cornu::layers {

Cropping1D::Cropping1D(const Cropping1DOptions& options) : Shared(options) {}

Cropping1DLayer::Cropping1DLayer(const Cropping1DOptions& options)
    : BaseCroppingLayer("Cropping1D", 1,
                        {.cropping = options.cropping,
                         .name = options.name,
                         .trainable = options.trainable,
                         .dtype = options.dtype}) {}

namespace {

const bool kRegistered = register_layer("Cropping1D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Cropping1D({.cropping = BorderSizes::from_config(config.get("cropping"), 1, 1),
                     .name = settings.name,
                     .trainable = settings.trainable,
                     .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
