#include "layers/reshaping/up_sampling3d.h"

#include "framework/ops/repeat.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

UpSampling3D::UpSampling3D(const UpSampling3DOptions& options) : Shared(options) {}

UpSampling3DLayer::UpSampling3DLayer(const UpSampling3DOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      size_(options.size.per_axis(3, "size", layer_title("UpSampling3D", options.name))),
      data_format_(options.data_format) {
  set_input_spec({{.ndim = 5}});
}

Outputs UpSampling3DLayer::call(const Inputs& inputs, const CallContext&) {
  Tensor y = inputs[0];
  std::int64_t axis = data_format_.channels_first() ? 2 : 1;
  for (const std::int64_t size : size_) y = ops::repeat(y, size, axis++);
  return y;
}

Config UpSampling3DLayer::config() const {
  Config config = Layer::config();
  config.set("size", size_);
  config.set("data_format", data_format_.name());
  return config;
}

namespace {

const bool kRegistered = register_layer("UpSampling3D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return UpSampling3D({.size = SpatialSizes::from_config(config.get("size"), 2),
                       .data_format = config.get_string("data_format", "channels_last"),
                       .name = settings.name,
                       .trainable = settings.trainable,
                       .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
