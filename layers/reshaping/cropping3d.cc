#include "layers/reshaping/cropping3d.h"

#include "layers/registry.h"

namespace cornu::layers {

Cropping3D::Cropping3D(const Cropping3DOptions& options) : Shared(options) {}

Cropping3DLayer::Cropping3DLayer(const Cropping3DOptions& options)
    : BaseCroppingLayer("Cropping3D", 3,
                        {.cropping = options.cropping,
                         .data_format = options.data_format,
                         .name = options.name,
                         .trainable = options.trainable,
                         .dtype = options.dtype}) {}

namespace {

const bool kRegistered = register_layer("Cropping3D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Cropping3D({.cropping = BorderSizes::from_config(config.get("cropping"), 3, 1),
                     .data_format = config.get_string("data_format", "channels_last"),
                     .name = settings.name,
                     .trainable = settings.trainable,
                     .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
