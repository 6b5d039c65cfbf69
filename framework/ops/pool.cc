#include "framework/ops/pool.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/window_geometry.h"

namespace cornu::ops {
namespace {

Shape pooled_shape(const Shape& x, const Attributes& attributes, const char* who) {
  const WindowGeometry geometry = window_geometry(spatial_sizes(x), attributes.integers("window"), attributes, who);
  Shape shape{x[0]};
  for (std::int64_t size : geometry.output) shape.push_back(size);
  shape.push_back(x.back());
  return shape;
}

TensorSpecs infer_max_pool(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return {{pooled_shape(inputs[0].shape, attributes, "max_pool"), inputs[0].dtype}};
}

TensorSpecs infer_max_pool_gradient(std::span<const TensorSpec> inputs, const Attributes&) { return {inputs[0]}; }

TensorSpecs infer_average_pool(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return {{pooled_shape(inputs[0].shape, attributes, "average_pool"), inputs[0].dtype}};
}

// Inputs: dy, and a tensor of the wanted shape, of which only the shape is used.
TensorSpecs infer_average_pool_gradient(std::span<const TensorSpec> inputs, const Attributes&) {
  return {{inputs[1].shape, inputs[0].dtype}};
}

Tensor apply_pool(const char* name, Tensors inputs, const Node& node) {
  return apply_single(operation_named(name), std::move(inputs), node.attributes());
}

// y = max_pool(x) picks elements of x by a choice that only x decides. Picking others by that choice (gather), and
// putting gradients where the choice fell (gradient), are linear and each the adjoint of the other.
Tensors max_pool_gradient(const Node& node, const Tensors& g) {
  return {apply_pool("max_pool_gradient", {node.input(0), g[0]}, node)};
}

Tensors max_pool_gradient_gradient(const Node& node, const Tensors& g) {
  return {{}, apply_pool("max_pool_gather", {node.input(0), g[0]}, node)};
}

Tensors average_pool_gradient(const Node& node, const Tensors& g) {
  return {apply_pool("average_pool_gradient", {g[0], node.input(0)}, node)};
}

Tensors average_pool_gradient_gradient(const Node& node, const Tensors& g) {
  return {apply_pool("average_pool", {g[0]}, node), {}};
}

const Operation& kMaxPool =
    register_operation({.name = "max_pool", .infer = infer_max_pool, .gradient = max_pool_gradient});
[[maybe_unused]] const Operation& kMaxPoolGradient = register_operation(
    {.name = "max_pool_gradient", .infer = infer_max_pool_gradient, .gradient = max_pool_gradient_gradient});
[[maybe_unused]] const Operation& kMaxPoolGather = register_operation(
    {.name = "max_pool_gather", .infer = infer_max_pool, .gradient = [](const Node& node, const Tensors& g) -> Tensors {
       return {{}, apply_pool("max_pool_gradient", {node.input(0), g[0]}, node)};
     }});
const Operation& kAveragePool =
    register_operation({.name = "average_pool", .infer = infer_average_pool, .gradient = average_pool_gradient});
[[maybe_unused]] const Operation& kAveragePoolGradient =
    register_operation({.name = "average_pool_gradient",
                        .infer = infer_average_pool_gradient,
                        .gradient = average_pool_gradient_gradient});

std::vector<std::int64_t> per_axis(const std::vector<std::int64_t>& given, std::size_t rank, const char* who,
                                   const char* what) {
  for (std::int64_t value : given) {
    if (value < 1) {
      throw InvalidArgument(std::string(who) + ": expected a positive " + what + "; got " + std::to_string(value));
    }
  }
  if (given.size() == rank) return given;
  if (given.size() == 1) return std::vector<std::int64_t>(rank, given[0]);
  throw InvalidArgument(std::string(who) + ": expected one " + what + " or " + std::to_string(rank) +
                        ", one for each spatial axis; got " + std::to_string(given.size()));
}

Tensor pool(const Operation& operation, const Tensor& x, const std::vector<std::int64_t>& pool_size,
            const PoolOptions& options) {
  const char* who = operation.name.c_str();
  if (x.rank() < 3 || x.rank() > 5) {
    throw ShapeError(std::string(who) +
                         ": expected x of shape (batch, spatial..., channels) with 1 to 3 spatial axes; got " +
                         x.shape().to_string(),
                     {}, who);
  }
  if (!is_floating(x.dtype())) {
    throw DTypeError(
        std::string(who) + ": expected a floating dtype; got " + name_of(x.dtype()) + ". Cast x to float32.", {}, who);
  }
  if (options.padding != "valid" && options.padding != "same") {
    throw InvalidArgument(std::string(who) + ": padding must be \"valid\" or \"same\"; got \"" + options.padding +
                          "\"");
  }
  const auto rank = static_cast<std::size_t>(x.rank() - 2);
  const auto window = per_axis(pool_size, rank, who, "pool_size");
  const auto strides = options.strides.empty() ? window : per_axis(options.strides, rank, who, "strides");
  return apply_single(operation, {x.strong()},
                      {{"window", window},
                       {"strides", strides},
                       {"dilation", std::vector<std::int64_t>(rank, 1)},
                       {"padding", options.padding}});
}

}  // namespace

Tensor max_pool(const Tensor& x, const std::vector<std::int64_t>& pool_size, const PoolOptions& options) {
  return pool(kMaxPool, x, pool_size, options);
}

Tensor average_pool(const Tensor& x, const std::vector<std::int64_t>& pool_size, const PoolOptions& options) {
  return pool(kAveragePool, x, pool_size, options);
}

}  // namespace cornu::ops
