#include "layers/reshaping/cropping2d.h"

#include "layers/registry.h"

namespace cornu::layers {

Cropping2D::Cropping2D(const Cropping2DOptions& options) : Shared(options) {}

Cropping2DLayer::Cropping2DLayer(const Cropping2DOptions& options)
    : BaseCroppingLayer("Cropping2D", 2,
                        {.cropping = options.cropping,
                         .data_format = options.data_format,
                         .name = options.name,
                         .trainable = options.trainable,
                         .dtype = options.dtype}) {}

namespace {

const bool kRegistered = register_layer("Cropping2D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Cropping2D({.cropping = BorderSizes::from_config(config.get("cropping"), 2, 0),
                     .data_format = config.get_string("data_format", "channels_last"),
                     .name = settings.name,
                     .trainable = settings.trainable,
                     .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
