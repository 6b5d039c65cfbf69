#include "layers/preprocessing/rescaling.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "layers/registry.h"

namespace cornu::layers {

FeatureScale FeatureScale::from_config(const Config& config, double otherwise) {
  if (config.is_null()) return otherwise;
  if (config.is_list()) return config.as_doubles();
  return config.as_double();
}

Tensor FeatureScale::tensor(DType dtype) const {
  const Shape shape = is_list_ ? Shape{static_cast<std::int64_t>(values_.size())} : Shape{};
  return ops::cast(Tensor::copy(values_, shape), dtype);
}

Rescaling::Rescaling(const FeatureScale& scale, const RescalingOptions& options) : Shared(scale, options) {}

RescalingLayer::RescalingLayer(const FeatureScale& scale, const RescalingOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      scale_(scale),
      offset_(options.offset) {
  set_supports_masking(true);
}

Outputs RescalingLayer::call(const Inputs& inputs, const CallContext&) {
  const DType dtype = compute_dtype();
  return ops::cast(inputs[0], dtype) * scale_.tensor(dtype) + offset_.tensor(dtype);
}

Config RescalingLayer::config() const {
  Config config = Layer::config();
  config.set("scale", scale_.config());
  config.set("offset", offset_.config());
  return config;
}

namespace {

const bool kRegistered = register_layer("Rescaling", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Rescaling(FeatureScale::from_config(config.at("scale"), 1.0),
                   {.offset = FeatureScale::from_config(config.get("offset"), 0.0),
                    .name = settings.name,
                    .trainable = settings.trainable,
                    .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
