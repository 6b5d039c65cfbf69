#include "layers/merging/dot.h"

#include "framework/error.h"
#include "framework/ops/einsum.h"
#include "framework/ops/l2_normalize.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

Dot::Dot(std::int64_t axis, const DotOptions& options) : Shared(std::vector<std::int64_t>{axis}, options) {}
Dot::Dot(const std::vector<std::int64_t>& axes, const DotOptions& options) : Shared(axes, options) {}

DotLayer::DotLayer(const std::vector<std::int64_t>& axes, const DotOptions& options)
    : BaseMergeLayer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      axes_(axes),
      normalize_(options.normalize) {
  if (axes.empty() || axes.size() > 2) {
    throw InvalidArgument("Dot '" + name() + "': axes must be one axis, or one for each of the two inputs; got " +
                              std::to_string(axes.size()),
                          name());
  }
}

std::int64_t DotLayer::axis_of(std::size_t input, const Shape& shape) const {
  const std::int64_t axis = shape.checked_axis(axes_.size() == 1 ? axes_[0] : axes_[input]);
  if (axis == 0) {
    throw InvalidArgument(
        describe() + ": axes must not be 0, the batch; got it for an input of shape " + shape.to_string(), name());
  }
  return axis;
}

void DotLayer::build(const Shapes& inputs) {
  if (inputs.size() != 2) return;  // said by call()
  const std::int64_t size0 = inputs[0][axis_of(0, inputs[0])];
  const std::int64_t size1 = inputs[1][axis_of(1, inputs[1])];
  if (size0 != size1 && size0 != kUnknown && size1 != kUnknown) {
    throw ShapeError(describe() + ": expected two inputs of one size along the axes; got " + std::to_string(size0) +
                         " (axis " + std::to_string(axis_of(0, inputs[0])) + " of " + inputs[0].to_string() + ") and " +
                         std::to_string(size1) + " (axis " + std::to_string(axis_of(1, inputs[1])) + " of " +
                         inputs[1].to_string() + ")",
                     name());
  }
}

Outputs DotLayer::call(const Inputs& inputs, const CallContext& context) {
  check_is_list(inputs, 2);
  return merge(inputs.tensors(), context.masks());
}

Tensor DotLayer::merge(const Tensors& inputs, const Tensors&) const {
  std::string terms[2];
  std::string result = "a";
  char next = 'c';
  Tensors operands;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t summed = axis_of(i, inputs[i].shape());
    operands.push_back(normalize_ ? ops::l2_normalize(inputs[i], summed) : inputs[i]);
    for (std::int64_t axis = 0; axis < inputs[i].rank(); ++axis) {
      const char letter = axis == 0 ? 'a' : axis == summed ? 'b' : next++;
      terms[i] += letter;
      if (axis != 0 && axis != summed) result += letter;
    }
  }
  const Tensor products = ops::einsum(terms[0] + "," + terms[1] + "->" + result, operands);
  return products.rank() == 1 ? ops::expand_dims(products, 1) : products;
}

Tensors DotLayer::compute_mask(const Inputs&, const Tensors&) { return {}; }

Config DotLayer::config() const {
  Config config = Layer::config();
  config.set("axes", axes_.size() == 1 ? Config(axes_[0]) : Config(axes_));
  config.set("normalize", normalize_);
  return config;
}

namespace {

const bool kRegistered = register_layer("Dot", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  const Config& axes = config.at("axes");
  return Dot(axes.is_list() ? axes.as_ints() : std::vector<std::int64_t>{axes.as_int()},
             {.normalize = config.get_bool("normalize", false),
              .name = settings.name,
              .trainable = settings.trainable,
              .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
