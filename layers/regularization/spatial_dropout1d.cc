#include "layers/regularization/spatial_dropout1d.h"

#include "framework/initializers/seed.h"
#include "layers/registry.h"

namespace cornu::layers {

SpatialDropout1D::SpatialDropout1D(double rate, const SpatialDropout1DOptions& options) : Shared(rate, options) {}

SpatialDropout1DLayer::SpatialDropout1DLayer(double rate, const SpatialDropout1DOptions& options)
    : BaseSpatialDropoutLayer("SpatialDropout1D", 1, rate, DataFormat(), options.seed,
                              {.name = options.name, .dtype = options.dtype}) {
  if (rate > 0.0) add_seed_state(options.seed);
}

namespace {

const bool kRegistered = register_layer("SpatialDropout1D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return SpatialDropout1D(
      config.at("rate").as_double(),
      {.seed = initializers::seed_from(config.get("seed")), .name = settings.name, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
