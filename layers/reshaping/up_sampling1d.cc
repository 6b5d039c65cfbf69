#include "layers/reshaping/up_sampling1d.h"

#include "framework/ops/repeat.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

UpSampling1D::UpSampling1D(const UpSampling1DOptions& options) : Shared(options) {}

UpSampling1DLayer::UpSampling1DLayer(const UpSampling1DOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      size_(options.size.per_axis(1, "size", layer_title("UpSampling1D", options.name))) {
  set_input_spec({{.ndim = 3}});
}

Outputs UpSampling1DLayer::call(const Inputs& inputs, const CallContext&) {
  Tensor y = inputs[0];
  std::int64_t axis = 1;
  for (const std::int64_t size : size_) y = ops::repeat(y, size, axis++);
  return y;
}

Config UpSampling1DLayer::config() const {
  Config config = Layer::config();
  config.set("size", size_[0]);
  return config;
}

namespace {

const bool kRegistered = register_layer("UpSampling1D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return UpSampling1D({.size = SpatialSizes::from_config(config.get("size"), 2),
                       .name = settings.name,
                       .trainable = settings.trainable,
                       .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
