#include "layers/reshaping/reshape.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {
namespace {

// As the user wrote it, with -1 instead of None.
std::string text_of(const Shape& target) {
  std::string text;
  for (const std::int64_t dim : target) text += (text.empty() ? "" : ", ") + std::to_string(dim);
  return "(" + text + (target.rank() == 1 ? ",)" : ")");
}

}  // namespace

Reshape::Reshape(const Shape& target_shape, const ReshapeOptions& options) : Shared(target_shape, options) {}

ReshapeLayer::ReshapeLayer(const Shape& target_shape, const ReshapeOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      target_shape_(target_shape) {
  const bool too_small = std::any_of(target_shape.begin(), target_shape.end(), [](auto dim) { return dim < -1; });
  if (too_small || std::count(target_shape.begin(), target_shape.end(), kUnknown) > 1) {
    throw InvalidArgument("Reshape '" + name() +
                              "': target_shape must have sizes of at least 0 and at most one -1; got " +
                              text_of(target_shape),
                          name());
  }
}

Outputs ReshapeLayer::call(const Inputs& inputs, const CallContext&) {
  const Shape example = inputs[0].shape().slice(1);
  if (example.is_known()) {
    std::int64_t known = 1;
    for (const std::int64_t dim : target_shape_) known *= dim == kUnknown ? 1 : dim;
    const std::int64_t count = example.num_elements();
    const bool open = std::count(target_shape_.begin(), target_shape_.end(), kUnknown) > 0;
    if (open ? known == 0 || count % known != 0 : known != count) {
      throw ShapeError(describe() + ": expected inputs whose examples fit into target_shape " + text_of(target_shape_) +
                           "; got an input of shape " + inputs[0].shape().to_string() + ", whose examples have " +
                           std::to_string(count) + " elements",
                       name());
    }
  }
  return ops::reshape_each(inputs[0], target_shape_);
}

Config ReshapeLayer::config() const {
  Config config = Layer::config();
  config.set("target_shape", target_shape_.dims());
  return config;
}

namespace {

const bool kRegistered = register_layer("Reshape", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Reshape(Shape(config.at("target_shape").as_ints()),
                 {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
