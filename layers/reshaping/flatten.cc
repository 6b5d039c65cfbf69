#include "layers/reshaping/flatten.h"

#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

Flatten::Flatten(const FlattenOptions& options) : Shared(options) {}

FlattenLayer::FlattenLayer(const FlattenOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      data_format_(options.data_format) {
  set_input_spec({{.min_ndim = 1}});
}

Outputs FlattenLayer::call(const Inputs& inputs, const CallContext&) {
  if (inputs[0].rank() == 1) return ops::expand_dims(inputs[0], 1);
  const Tensor x = inputs[0].rank() > 2 ? data_format_.to_channels_last(inputs[0]) : inputs[0];
  return ops::reshape_each(x, {-1});
}

Config FlattenLayer::config() const {
  Config config = Layer::config();
  config.set("data_format", data_format_.name());
  return config;
}

namespace {

const bool kRegistered = register_layer("Flatten", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Flatten({.data_format = config.get_string("data_format", "channels_last"),
                  .name = settings.name,
                  .trainable = settings.trainable,
                  .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
