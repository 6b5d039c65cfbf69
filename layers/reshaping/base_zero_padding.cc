#include "layers/reshaping/base_zero_padding.h"

#include "framework/ops/pad.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BaseZeroPaddingLayer::BaseZeroPaddingLayer(const std::string& class_name, std::size_t rank,
                                           const ZeroPaddingOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      padding_(options.padding.per_axis(rank, "padding", layer_title(class_name, options.name))),
      data_format_(options.data_format) {
  set_input_spec({{.ndim = static_cast<std::int64_t>(rank) + 2}});
}

Outputs BaseZeroPaddingLayer::call(const Inputs& inputs, const CallContext&) {
  std::vector<ops::PadWidth> widths(static_cast<std::size_t>(inputs[0].rank()), {0, 0});
  const std::size_t first = data_format_.channels_first() ? 2 : 1;
  for (std::size_t i = 0; i < padding_.size(); ++i) widths[first + i] = padding_[i];
  return ops::pad(inputs[0], widths);
}

Config BaseZeroPaddingLayer::config() const {
  Config config = Layer::config();
  config.set("padding", config_of(padding_));
  config.set("data_format", data_format_.name());
  return config;
}

ZeroPaddingOptions zero_padding_options_from(const Config& config, std::size_t rank) {
  const LayerSettings settings = Layer::settings_from(config);
  return {.padding = BorderSizes::from_config(config.get("padding"), rank, 1),
          .data_format = config.get_string("data_format", "channels_last"),
          .name = settings.name,
          .trainable = settings.trainable,
          .dtype = settings.dtype};
}

}  // namespace cornu::layers
