#include "framework/ops/resize.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/interpolation.h"
#include "framework/operation.h"
#include "framework/ops/cast.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

Shape with_size(Shape shape, const std::vector<std::int64_t>& size) {
  shape[1] = size[0];
  shape[2] = size[1];
  return shape;
}

TensorSpecs infer_resize(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape& shape = inputs[0].shape;
  if (shape[1] == 0 || shape[2] == 0) {
    throw ShapeError("resize: expected images with at least one pixel; got shape " + shape.to_string(), {}, "resize");
  }
  return {{with_size(shape, attributes.integers("size")), inputs[0].dtype}};
}

// The original size is an attribute, or that of a second input where it is known only when the graph runs.
TensorSpecs infer_resize_gradient(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  if (inputs.size() > 1) return {{inputs[1].shape, inputs[0].dtype}};
  return {{with_size(inputs[0].shape, attributes.integers("size")), inputs[0].dtype}};
}

Tensors resize_gradient(const Node& node, const Tensors& g);
Tensors resize_gradient_gradient(const Node& node, const Tensors& g);

const Operation& kResize = register_operation({.name = "resize", .infer = infer_resize, .gradient = resize_gradient});
const Operation& kResizeGradient = register_operation(
    {.name = "resize_gradient", .infer = infer_resize_gradient, .gradient = resize_gradient_gradient});

// y = A x, with A the same for each image and channel: dx = A^T dy, and the other way round.
Tensors resize_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const std::vector<std::int64_t> size{x.shape()[1], x.shape()[2]};
  Attributes attributes{{"interpolation", node.attributes().string("interpolation")}};
  if (size[0] == kUnknown || size[1] == kUnknown) return {apply_single(kResizeGradient, {g[0], x}, attributes)};
  attributes.set("size", size);
  return {apply_single(kResizeGradient, {g[0]}, attributes)};
}

Tensors resize_gradient_gradient(const Node& node, const Tensors& g) {
  const Shape& shape = node.input(0).shape();
  Tensors gradients(node.inputs().size());
  gradients[0] = resize(g[0], {shape[1], shape[2]}, node.attributes().string("interpolation"));
  return gradients;
}

}  // namespace

Tensor resize(const Tensor& images, const std::vector<std::int64_t>& size, const std::string& interpolation) {
  if (size.size() != 2 || size[0] < 1 || size[1] < 1) {
    throw ShapeError("resize: expected a new height and width of at least 1; got " + Shape(size).to_string(), {},
                     "resize");
  }
  if (images.rank() == 3) return squeeze(resize(expand_dims(images, 0), size, interpolation), 0);
  if (images.rank() != 4) {
    throw ShapeError(
        "resize: expected images of shape (batch, height, width, channels) or (height, width, channels); got " +
            images.shape().to_string(),
        {}, "resize");
  }
  interpolate_axis(interpolation, 1, 1);  // refuses unknown methods here, before anything is computed
  const bool converts = interpolation != "nearest" && !is_floating(images.dtype());
  return apply_single(kResize, {converts ? cast(images, DType::kFloat32) : images.strong()},
                      {{"size", size}, {"interpolation", interpolation}});
}

}  // namespace cornu::ops
