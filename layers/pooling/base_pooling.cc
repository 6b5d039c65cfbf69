#include "layers/pooling/base_pooling.h"

#include "framework/error.h"
#include "framework/ops/pool.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BasePoolingLayer::BasePoolingLayer(const std::string& class_name, std::size_t rank, const SpatialSizes& pool_size,
                                   const PoolingOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  const std::string who = layer_title(class_name, options.name);
  pool_size_ = pool_size.per_axis(rank, "pool_size", who);
  strides_ = options.strides.given() ? options.strides.per_axis(rank, "strides", who) : pool_size_;
  if (options.padding != "valid" && options.padding != "same") {
    throw InvalidArgument(who + ": padding must be \"valid\" or \"same\"; got \"" + options.padding + "\"",
                          path_in_title(who));
  }
  set_input_spec({{.ndim = static_cast<std::int64_t>(rank) + 2}});
}

Outputs BasePoolingLayer::call(const Inputs& inputs, const CallContext&) {
  return options_.data_format.from_channels_last(pool(options_.data_format.to_channels_last(inputs[0])));
}

Config BasePoolingLayer::config() const {
  Config config = Layer::config();
  config.set("pool_size", pool_size_);
  config.set("padding", options_.padding);
  config.set("strides", strides_);
  config.set("data_format", options_.data_format.name());
  return config;
}

Tensor BaseMaxPoolingLayer::pool(const Tensor& x) const {
  return ops::max_pool(x, pool_size(), {.strides = strides(), .padding = padding()});
}

Tensor BaseAveragePoolingLayer::pool(const Tensor& x) const {
  return ops::average_pool(x, pool_size(), {.strides = strides(), .padding = padding()});
}

PoolingOptions pooling_options_from(const Config& config) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.strides = SpatialSizes::from_config(config.get("strides"), {}),
          .padding = config.get_string("padding", "valid"),
          .data_format = config.get_string("data_format", "channels_last"),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

}  // namespace cornu::layers
