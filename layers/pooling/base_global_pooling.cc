#include "layers/pooling/base_global_pooling.h"

#include "framework/ops/reduce.h"

namespace cornu::layers {

BaseGlobalPoolingLayer::BaseGlobalPoolingLayer(std::int64_t rank, const GlobalPoolingOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  set_input_spec({{.ndim = rank + 2}});
}

Config BaseGlobalPoolingLayer::config() const {
  Config config = Layer::config();
  config.set("data_format", options_.data_format.name());
  config.set("keepdims", options_.keepdims);
  return config;
}

Outputs BaseGlobalMaxPoolingLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor& x = inputs[0];
  return ops::max(x, {.axis = options().data_format.spatial_axes(x.rank()), .keepdims = options().keepdims});
}

Outputs BaseGlobalAveragePoolingLayer::call(const Inputs& inputs, const CallContext&) {
  const Tensor& x = inputs[0];
  return ops::mean(x, {.axis = options().data_format.spatial_axes(x.rank()), .keepdims = options().keepdims});
}

GlobalPoolingOptions global_pooling_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.data_format = config.get_string("data_format", "channels_last"),
          .keepdims = config.get_bool("keepdims", false),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

}  // namespace cornu::layers
