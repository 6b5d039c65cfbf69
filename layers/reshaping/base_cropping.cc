#include "layers/reshaping/base_cropping.h"

#include "framework/error.h"
#include "framework/ops/slice.h"
#include "layers/layer_title.h"

namespace cornu::layers {

BaseCroppingLayer::BaseCroppingLayer(const std::string& class_name, std::size_t rank, const Arguments& arguments)
    : Layer({.name = arguments.name, .trainable = arguments.trainable, .dtype = arguments.dtype}),
      cropping_(arguments.cropping.per_axis(rank, "cropping", layer_title(class_name, arguments.name))),
      data_format_(arguments.data_format) {
  set_input_spec({{.ndim = static_cast<std::int64_t>(rank) + 2}});
}

Outputs BaseCroppingLayer::call(const Inputs& inputs, const CallContext&) {
  const std::int64_t first = data_format_.channels_first() ? 2 : 1;
  const Shape& shape = inputs[0].shape();
  std::vector<std::int64_t> begin(static_cast<std::size_t>(first), 0);
  std::vector<std::int64_t> end(static_cast<std::size_t>(first), kOpen);
  for (std::size_t i = 0; i < cropping_.size(); ++i) {
    const auto& [before, after] = cropping_[i];
    const std::int64_t size = shape[first + static_cast<std::int64_t>(i)];
    if (size != kUnknown && before + after >= size) {
      throw ShapeError(describe() + ": cropping must leave something of each axis; got (" + std::to_string(before) +
                           ", " + std::to_string(after) + ") for an axis of size " + std::to_string(size) +
                           " of an input of shape " + shape.to_string(),
                       name());
    }
    begin.push_back(before);
    end.push_back(after == 0 ? kOpen : -after);
  }
  return ops::strided_slice(inputs[0], begin, end);
}

Config BaseCroppingLayer::config() const {
  Config config = Layer::config();
  config.set("cropping", config_of(cropping_));
  // Cropping1D knows no other format.
  if (cropping_.size() > 1) config.set("data_format", data_format_.name());
  return config;
}

}  // namespace cornu::layers
