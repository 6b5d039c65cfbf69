#include "layers/reshaping/up_sampling2d.h"

#include "framework/error.h"
#include "framework/ops/repeat.h"
#include "framework/ops/resize.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

UpSampling2D::UpSampling2D(const UpSampling2DOptions& options) : Shared(options) {}

UpSampling2DLayer::UpSampling2DLayer(const UpSampling2DOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      size_(options.size.per_axis(2, "size", layer_title("UpSampling2D", options.name))),
      data_format_(options.data_format),
      interpolation_(options.interpolation) {
  if (interpolation_ != "nearest" && interpolation_ != "bilinear" && interpolation_ != "bicubic") {
    throw InvalidArgument("UpSampling2D '" + name() +
                              "': interpolation must be \"nearest\", \"bilinear\" or \"bicubic\"; got \"" +
                              interpolation_ + "\"",
                          name());
  }
  set_input_spec({{.ndim = 4}});
}

Outputs UpSampling2DLayer::call(const Inputs& inputs, const CallContext&) {
  if (interpolation_ == "nearest") {
    const std::int64_t height = data_format_.channels_first() ? 2 : 1;
    return ops::repeat(ops::repeat(inputs[0], size_[0], height), size_[1], height + 1);
  }
  const Tensor images = data_format_.to_channels_last(inputs[0]);
  const Shape& shape = images.shape();
  if (shape[1] == kUnknown || shape[2] == kUnknown) {
    throw ShapeError(describe() + ": interpolation \"" + interpolation_ + "\" needs images of a known size; got " +
                         inputs[0].shape().to_string() + ". Give Input a height and a width, or use \"nearest\".",
                     name());
  }
  return data_format_.from_channels_last(
      ops::resize(images, {shape[1] * size_[0], shape[2] * size_[1]}, interpolation_));
}

Config UpSampling2DLayer::config() const {
  Config config = Layer::config();
  config.set("size", size_);
  config.set("data_format", data_format_.name());
  config.set("interpolation", interpolation_);
  return config;
}

namespace {

const bool kRegistered = register_layer("UpSampling2D", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return UpSampling2D({.size = SpatialSizes::from_config(config.get("size"), 2),
                       .data_format = config.get_string("data_format", "channels_last"),
                       .interpolation = config.get_string("interpolation", "nearest"),
                       .name = settings.name,
                       .trainable = settings.trainable,
                       .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
