#include "framework/ops/conv.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/cast.h"
#include "framework/ops/reshape.h"
#include "framework/window_geometry.h"

namespace cornu::ops {
namespace {

Shape with_spatial(std::int64_t batch, const std::vector<std::int64_t>& spatial, std::int64_t channels) {
  Shape shape{batch};
  for (std::int64_t size : spatial) shape.push_back(size);
  shape.push_back(channels);
  return shape;
}

std::vector<std::int64_t> window_of(const Shape& kernel) { return kernel.slice(0, -2).dims(); }

TensorSpecs infer_conv(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape& x = inputs[0].shape;
  const Shape& kernel = inputs[1].shape;
  const WindowGeometry geometry = window_geometry(spatial_sizes(x), window_of(kernel), attributes, "conv");
  return {{with_spatial(x[0], geometry.output, kernel.back()), inputs[0].dtype}};
}

// The gradient `y` of a convolution's output must have the sizes which that convolution gives.
void check_output_sizes(const Shape& y, const std::vector<std::int64_t>& input, const std::vector<std::int64_t>& window,
                        const Attributes& attributes, const char* who) {
  const WindowGeometry geometry = window_geometry(input, window, attributes, who);
  const Shape expected = with_spatial(y[0], geometry.output, y.back());
  if (!y.is_compatible_with(expected)) {
    throw ShapeError(std::string(who) + ": expected y of shape " + expected.to_string() +
                         ", as the convolution of an input of "
                         "spatial size " +
                         Shape(input).to_string() + " gives; got " + y.to_string(),
                     {}, who);
  }
}

TensorSpecs infer_input_gradient(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t channels = inputs[1].shape[-2] * attributes.integer("groups");
  const std::vector<std::int64_t> size =
      inputs.size() > 2 ? spatial_sizes(inputs[2].shape) : attributes.integers("size");
  check_output_sizes(inputs[0].shape, size, window_of(inputs[1].shape), attributes, "conv_input_gradient");
  return {{with_spatial(inputs[0].shape[0], size, channels), inputs[0].dtype}};
}

TensorSpecs infer_kernel_gradient(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  Shape shape(attributes.integers("size"));
  check_output_sizes(inputs[1].shape, spatial_sizes(inputs[0].shape), shape.dims(), attributes, "conv_kernel_gradient");
  shape.push_back(inputs[0].shape.back() / attributes.integer("groups"));
  shape.push_back(inputs[1].shape.back());
  return {{shape, inputs[0].dtype}};
}

// The three operations are linear in both inputs, and each is the gradient of the others.
Tensor apply_conv(const char* name, Tensors inputs, const Attributes& attributes, std::vector<std::int64_t> size = {}) {
  Attributes own;
  for (const char* kept : {"dilation", "padding", "pads", "strides"}) {
    for (const auto& [key, value] : attributes.items()) {
      if (key == kept) own.set(key, value);
    }
  }
  own.set("groups", attributes.integer("groups"));
  if (!size.empty()) own.set("size", std::move(size));
  return apply_single(operation_named(name), std::move(inputs), std::move(own));
}

// The input has the spatial size of `x`; where that is known only when the graph runs, `x` itself says it then.
Tensor input_gradient(const Tensor& y, const Tensor& kernel, const Tensor& x, const Attributes& attributes) {
  const std::vector<std::int64_t> size = spatial_sizes(x.shape());
  if (Shape(size).is_known()) return apply_conv("conv_input_gradient", {y, kernel}, attributes, size);
  return apply_conv("conv_input_gradient", {y, kernel, x}, attributes);
}

Tensors conv_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const Tensor& kernel = node.input(1);
  return {input_gradient(g[0], kernel, x, node.attributes()),
          apply_conv("conv_kernel_gradient", {x, g[0]}, node.attributes(), window_of(kernel.shape()))};
}

Tensors input_gradient_gradient(const Node& node, const Tensors& g) {
  const Tensor& kernel = node.input(1);
  Tensors result{
      apply_conv("conv", {g[0], kernel}, node.attributes()),
      apply_conv("conv_kernel_gradient", {g[0], node.input(0)}, node.attributes(), window_of(kernel.shape()))};
  result.resize(node.inputs().size());  // nothing flows to the input that only says the size
  return result;
}

Tensors kernel_gradient_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  return {input_gradient(node.input(1), g[0], x, node.attributes()), apply_conv("conv", {x, g[0]}, node.attributes())};
}

const Operation& kConv = register_operation({.name = "conv", .infer = infer_conv, .gradient = conv_gradient});
const Operation& kInputGradient = register_operation(
    {.name = "conv_input_gradient", .infer = infer_input_gradient, .gradient = input_gradient_gradient});
const Operation& kKernelGradient = register_operation(
    {.name = "conv_kernel_gradient", .infer = infer_kernel_gradient, .gradient = kernel_gradient_gradient});

// The gradients of kernel and bias in one go: what a pass over the graph makes of two nodes, after differentiation.
[[maybe_unused]] const Operation& kKernelBiasGradient =
    register_operation({.name = "conv_kernel_bias_gradient",
                        .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) {
                          TensorSpecs specs = infer_kernel_gradient(inputs, attributes);
                          specs.push_back({{inputs[1].shape.back()}, inputs[0].dtype});
                          return specs;
                        }});

std::vector<std::int64_t> per_axis(const std::vector<std::int64_t>& given, std::size_t rank, const char* what) {
  if (given.size() == rank) return given;
  if (given.size() <= 1) return std::vector<std::int64_t>(rank, given.empty() ? 1 : given[0]);
  throw InvalidArgument(std::string("conv: expected one or ") + std::to_string(rank) + " " + what + "; got " +
                        std::to_string(given.size()));
}

Attributes attributes_of(const ConvOptions& options, std::size_t rank) {
  Attributes attributes{{"strides", per_axis(options.strides, rank, "strides")},
                        {"dilation", per_axis(options.dilation_rate, rank, "dilation rates")},
                        {"padding", options.padding},
                        {"groups", options.groups}};
  if (options.padding == "explicit") {
    if (options.pads.size() != 2 * rank) {
      throw InvalidArgument("conv: expected " + std::to_string(2 * rank) + " pads; got " +
                            std::to_string(options.pads.size()));
    }
    attributes.set("pads", options.pads);
  } else if (options.padding != "valid" && options.padding != "same") {
    throw InvalidArgument("conv: padding must be \"valid\", \"same\" or \"explicit\"; got \"" + options.padding + "\"");
  }
  for (const char* name : {"strides", "dilation"}) {
    for (std::int64_t value : attributes.integers(name)) {
      if (value < 1)
        throw InvalidArgument(std::string("conv: ") + name + " must be positive; got " + std::to_string(value));
    }
  }
  return attributes;
}

void check_kernel(const Tensor& x, const Tensor& kernel, std::int64_t groups) {
  if (x.rank() < 3 || x.rank() > 5 || kernel.rank() != x.rank()) {
    throw ShapeError(
        "conv: expected x of shape (batch, spatial..., channels) with 1 to 3 spatial axes and a kernel of "
        "the same rank; got " +
            x.shape().to_string() + " and " + kernel.shape().to_string(),
        {}, "conv");
  }
  const std::int64_t channels = x.shape().back();
  if (groups < 1 || kernel.shape().back() % groups != 0 ||
      (channels != kUnknown && kernel.shape()[-2] * groups != channels)) {
    throw ShapeError(
        "conv: expected a kernel of shape (window..., channels / groups, filters) with filters divisible by "
        "groups; got kernel " +
            kernel.shape().to_string() + ", x " + x.shape().to_string() + ", groups " + std::to_string(groups),
        {}, "conv");
  }
}

}  // namespace

Tensor conv(const Tensor& x, const Tensor& kernel, const ConvOptions& options) {
  check_kernel(x, kernel, options.groups);
  const DType dtype = result_type({{x.dtype()}, {kernel.dtype()}});
  const Attributes attributes = attributes_of(options, static_cast<std::size_t>(x.rank() - 2));
  return apply_single(kConv, {cast(x, dtype), cast(kernel, dtype)}, attributes);
}

Tensor conv_input_gradient(const Tensor& y, const Tensor& kernel, const std::vector<std::int64_t>& input_size,
                           const ConvOptions& options) {
  const DType dtype = result_type({{y.dtype()}, {kernel.dtype()}});
  Attributes attributes = attributes_of(options, static_cast<std::size_t>(y.rank() - 2));
  attributes.set("size", input_size);
  return apply_single(kInputGradient, {cast(y, dtype), cast(kernel, dtype)}, attributes);
}

Tensor conv_kernel_gradient(const Tensor& x, const Tensor& y, const std::vector<std::int64_t>& window,
                            const ConvOptions& options) {
  Attributes attributes = attributes_of(options, static_cast<std::size_t>(x.rank() - 2));
  attributes.set("size", window);
  return apply_single(kKernelGradient, {x, y}, attributes);
}

Tensor depthwise_conv(const Tensor& x, const Tensor& kernel, const ConvOptions& options) {
  // (window..., channels, multiplier) has the same memory as (window..., 1, channels * multiplier).
  ConvOptions grouped = options;
  grouped.groups = kernel.shape()[-2];
  const Shape shape = kernel.shape().slice(0, -2).concatenated({1, kernel.shape()[-2] * kernel.shape()[-1]});
  return conv(x, reshape(kernel, shape), grouped);
}

}  // namespace cornu::ops
