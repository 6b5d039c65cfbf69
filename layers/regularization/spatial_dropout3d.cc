#include "layers/regularization/spatial_dropout3d.h"

#include "framework/initializers/seed.h"
#include "layers/registry.h"

namespace cornu::layers {

SpatialDropout3D::SpatialDropout3D(double rate, const SpatialDropout3DOptions& options) : Shared(rate, options) {}

SpatialDropout3DLayer::SpatialDropout3DLayer(double rate, const SpatialDropout3DOptions& options)
    : BaseSpatialDropoutLayer("SpatialDropout3D", 3, rate, options.data_format, options.seed,
                              {.name = options.name, .dtype = options.dtype}) {
  if (rate > 0.0) add_seed_state(options.seed);
}

namespace {

const bool kRegistered = register_layer("SpatialDropout3D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return SpatialDropout3D(config.at("rate").as_double(),
                          {.data_format = config.get_string("data_format", "channels_last"),
                           .seed = initializers::seed_from(config.get("seed")),
                           .name = settings.name,
                           .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
