#include "models/v1/array_ops.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/get_item.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/range.h"
#include "framework/ops/reshape.h"
#include "framework/ops/shape_of.h"
#include "framework/ops/slice.h"
#include "framework/ops/stop_gradient.h"
#include "framework/ops/take.h"
#include "models/v1/errors.h"
#include "models/v1/graph.h"
#include "models/v1/make_operation.h"

namespace cornu::v1 {
namespace {

// From this many elements on TensorFlow fills instead of storing a constant.
constexpr std::int64_t kFilled = 1000;

cornu::Tensor int_vector(const std::vector<std::int64_t>& values) {
  const std::vector<std::int32_t> numbers(values.begin(), values.end());
  return cornu::Tensor::copy(numbers, {static_cast<std::int64_t>(numbers.size())});
}

cornu::Tensor int_scalar(std::int64_t value) {
  return cornu::Tensor::copy({static_cast<std::int32_t>(value)}, Shape{});
}

Tensor filled(const Shape& shape, double value, DType dtype, const char* default_name, const std::string& name) {
  const std::shared_ptr<GraphBody> body = body_for({});
  if (!body) return Tensor(ops::cast(ops::full(shape, value), dtype));
  if (shape.num_elements() >= kFilled) {
    return make_single({.type = "Fill", .default_name = default_name, .parameters = {"shape_as_tensor", "Const"}}, name,
                       {int_vector(shape.dims()), ops::cast(ops::full({}, value), dtype)},
                       [shape](const cornu::Tensors& in) { return ops::broadcast_to(in[1], shape); });
  }
  return body->add_constant(body->unique_scope(name.empty() ? default_name : name),
                            ops::cast(ops::full(shape, value), dtype));
}

// The values in another shape, the last one repeated until it is full.
cornu::Tensor filled_up(const cornu::Tensor& value, const Shape& shape) {
  const std::int64_t wanted = shape.num_elements();
  const std::int64_t given = value.num_elements();
  if (given > wanted || given == 0) {
    throw errors::ValueError("constant: expected at most " + std::to_string(wanted) + " values for shape " +
                             shape.to_string() + "; got " + std::to_string(given));
  }
  cornu::Tensor result = cornu::Tensor::empty(shape, value.dtype());
  const std::size_t size = size_of(value.dtype());
  auto* to = static_cast<std::byte*>(result.raw());
  const auto* from = static_cast<const std::byte*>(value.raw());
  for (std::int64_t i = 0; i < wanted; ++i)
    std::memcpy(to + static_cast<std::size_t>(i) * size, from + static_cast<std::size_t>(std::min(i, given - 1)) * size,
                size);
  return result;
}

}  // namespace

Tensor placeholder(DType dtype, const std::optional<Shape>& shape, const std::string& name) {
  const std::shared_ptr<GraphBody> body = default_body();
  return body
      ->add_named(name.empty() ? "Placeholder" : name,
                  {.type = "Placeholder", .outputs = {{shape.value_or(Shape::unknown_rank()), dtype}}})
      .node->output(0);
}

Tensor placeholder_with_default(const Tensor& input, const Shape& shape, const std::string& name) {
  const std::shared_ptr<GraphBody> body = body_for({input});
  const std::string complete = body->unique_scope(name.empty() ? "PlaceholderWithDefault" : name);
  Tensor value = input;
  if (!input.is_symbolic()) {
    const NameScopeGuard inside(body, complete);
    value = constant(input, {.name = "input"});
  }
  if (!input.shape().is_compatible_with(shape)) {
    throw errors::ValueError("placeholder_with_default: expected an input that fits shape " + shape.to_string() +
                             "; got shape " + input.shape().to_string());
  }
  return body
      ->add_operation(complete, {.type = "PlaceholderWithDefault",
                                 .inputs = {value},
                                 .outputs = {{shape, value.dtype()}},
                                 .compute = [](const cornu::Tensors& in) { return in; }})
      .node->output(0);
}

Tensor constant(const cornu::Tensor& given, const ConstantOptions& options) {
  if (given.is_symbolic()) throw errors::TypeError("constant: expected values; got a tensor of a graph. Use identity.");
  cornu::Tensor value = given.strong();
  if (given.is_weak() && given.dtype() == int64) value = ops::cast(value, int32);
  if (options.dtype && is_floating(value.dtype()) && !is_floating(*options.dtype)) {
    throw errors::TypeError(std::string("constant: Expected ") + name_of(*options.dtype) + ", but got " +
                            value.to_string() + " of dtype " + name_of(value.dtype()) + ". Round and cast it first.");
  }
  if (options.dtype == boolean && value.dtype() != boolean) {
    throw errors::TypeError("constant: Expected bool, but got " + value.to_string() + " of dtype " +
                            name_of(value.dtype()) + ". Compare it with zero first.");
  }
  if (options.dtype && *options.dtype != value.dtype()) value = ops::cast(value, *options.dtype);
  if (options.shape && *options.shape != value.shape()) value = filled_up(value, *options.shape);
  const std::shared_ptr<GraphBody> body = body_for({});
  if (!body) return value;
  return body->add_constant(body->unique_scope(options.name.empty() ? "Const" : options.name), value.clone());
}

Tensor identity(const Tensor& x, const std::string& name) {
  return make_single({.type = "Identity", .default_name = "Identity", .parameters = {"input"}}, name, {x},
                     [](const cornu::Tensors& in) { return in[0].strong(); });
}

Tensor stop_gradient(const Tensor& x, const std::string& name) {
  return make_single(
      {.type = "StopGradient", .default_name = "StopGradient", .parameters = {"input"}, .is_differentiable = false},
      name, {x}, [](const cornu::Tensors& in) { return ops::stop_gradient(in[0]); });
}

Tensor reshape(const Tensor& x, const Shape& shape, const std::string& name) {
  return make_single({.type = "Reshape", .default_name = "Reshape", .parameters = {"tensor", "shape"}}, name,
                     {x, int_vector(shape.dims())},
                     [shape](const cornu::Tensors& in) { return ops::reshape(in[0], shape); });
}

Tensor transpose(const Tensor& x, const std::vector<std::int64_t>& perm, const std::string& name) {
  const auto order_of = [perm](const cornu::Tensor& tensor) {
    std::vector<std::int64_t> order = perm;
    if (!order.empty()) return order;
    order.resize(static_cast<std::size_t>(tensor.rank()));
    std::iota(order.rbegin(), order.rend(), 0);
    return order;
  };
  if (perm.empty() && !x.shape().has_rank()) {
    return make_single({.type = "Transpose", .default_name = "transpose", .parameters = {"x"}}, name, {x},
                       [order_of](const cornu::Tensors& in) { return ops::transpose(in[0], order_of(in[0])); });
  }
  const std::vector<std::int64_t> order = order_of(x);
  return make_single({.type = "Transpose", .default_name = "transpose", .parameters = {"x", "perm"}}, name,
                     {x, int_vector(order)},
                     [order](const cornu::Tensors& in) { return ops::transpose(in[0], order); });
}

Tensor expand_dims(const Tensor& x, std::int64_t axis, const std::string& name) {
  return make_single({.type = "ExpandDims", .default_name = "ExpandDims", .parameters = {"input", "dim"}}, name,
                     {x, int_scalar(axis)}, [axis](const cornu::Tensors& in) { return ops::expand_dims(in[0], axis); });
}

Tensor squeeze(const Tensor& x, const std::vector<std::int64_t>& axis, const std::string& name) {
  OperationForm form{.type = "Squeeze", .default_name = "Squeeze", .parameters = {"input"}};
  // Which axes go is not known before their sizes are.
  if (axis.empty() && !x.shape().is_known()) form.outputs = TensorSpecs{{Shape::unknown_rank(), x.dtype()}};
  return make_single(form, name, {x}, [axis](const cornu::Tensors& in) {
    return axis.empty() ? ops::squeeze(in[0]) : ops::squeeze(in[0], Axes(axis));
  });
}

Tensor concat(const Tensors& values, std::int64_t axis, const std::string& name) {
  if (values.size() == 1 && body_for({values[0]})) {
    const std::string given = name.empty() ? "concat" : name;
    const NameScope inside(given, {}, values);
    constant(int_scalar(axis), {.name = "concat_dim"});
    return identity(values[0], given);
  }
  Tensors inputs = values;
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < values.size(); ++i) parameters.push_back("values_" + std::to_string(i));
  inputs.emplace_back(int_scalar(axis));
  parameters.emplace_back("axis");
  return make_single({.type = "ConcatV2",
                      .default_name = "concat",
                      .parameters = parameters,
                      .same_dtypes = true,
                      .same_until = values.size()},
                     name, inputs, [axis](const cornu::Tensors& in) {
                       return ops::concatenate(cornu::Tensors(in.begin(), in.end() - 1), axis);
                     });
}

Tensor stack(const Tensors& values, std::int64_t axis, const std::string& name) {
  const bool all_literals = std::none_of(values.begin(), values.end(), [](const Tensor& x) { return x.is_symbolic(); });
  if (all_literals && axis == 0 && body_for({})) {
    cornu::Tensors parts;
    for (const Tensor& value : values)
      parts.push_back(value.is_weak() && value.dtype() == int64 ? ops::cast(value, int32) : value.strong());
    return constant(ops::stack(parts, 0), {.name = name.empty() ? "stack" : name});
  }
  // Along the first axis TensorFlow packs a list as it converts any list, whose items it numbers.
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < values.size(); ++i)
    parameters.push_back((axis == 0 ? "" : "values_") + std::to_string(i));
  return make_single({.type = "Pack", .default_name = "stack", .parameters = parameters, .same_dtypes = true}, name,
                     values, [axis](const cornu::Tensors& in) { return ops::stack(in, axis); });
}

Tensors split(const Tensor& x, std::int64_t num, std::int64_t axis, const std::string& name) {
  OperationForm form{.type = "Split", .default_name = "split", .parameters = {"split_dim", "value"}};
  if (x.shape().has_rank() && axis >= -x.rank() && axis < x.rank() && x.shape()[axis] == kUnknown)
    form.outputs = TensorSpecs(static_cast<std::size_t>(num), x.spec());
  return make_operation(form, name, {Tensor(int_scalar(axis)), x},
                        [num, axis](const cornu::Tensors& in) { return ops::split(in[1], num, axis); });
}

Tensor slice(const Tensor& x, const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& size,
             const std::string& name) {
  return make_single({.type = "Slice", .default_name = "Slice", .parameters = {"input", "begin", "size"}}, name,
                     {x, int_vector(begin), int_vector(size)}, [begin, size](const cornu::Tensors& in) {
                       std::vector<std::int64_t> sizes = size;
                       for (std::size_t i = 0; i < sizes.size(); ++i) {
                         const std::int64_t all = in[0].shape()[static_cast<std::int64_t>(i)];
                         if (sizes[i] < 0 && all != kUnknown) sizes[i] = all - begin[i];
                       }
                       return ops::slice(in[0], begin, sizes);
                     });
}

Tensor gather(const Tensor& params, const Tensor& indices, const std::string& name) {
  return make_single({.type = "GatherV2", .default_name = "GatherV2", .parameters = {"params", "indices", "axis"}},
                     name, {params, indices, int_scalar(0)},
                     [](const cornu::Tensors& in) { return ops::take(in[0], in[1], 0); });
}

Tensor one_hot(const Tensor& indices, std::int64_t depth, const std::string& name) {
  return make_single({.type = "OneHot",
                      .default_name = "one_hot",
                      .parameters = {"indices", "depth", "on_value", "off_value"},
                      .is_differentiable = false},
                     name, {indices, int_scalar(depth), ops::ones({}), ops::zeros({})},
                     [depth](const cornu::Tensors& in) { return ops::one_hot(in[0], depth); });
}

Tensor shape(const Tensor& x, const std::string& name) {
  if (x.shape().is_known() && body_for({x}))
    return constant(int_vector(x.shape().dims()), {.name = name.empty() ? "Shape" : name});
  return make_single({.type = "Shape", .default_name = "Shape", .parameters = {"input"}, .is_differentiable = false},
                     name, {x}, [](const cornu::Tensors& in) { return ops::shape_of(in[0]); });
}

Tensor zeros(const Shape& shape, DType dtype, const std::string& name) {
  return filled(shape, 0.0, dtype, "zeros", name);
}
Tensor ones(const Shape& shape, DType dtype, const std::string& name) {
  return filled(shape, 1.0, dtype, "ones", name);
}
Tensor zeros_like(const Tensor& x, const std::string& name) {
  if (x.shape().is_known()) return filled(x.shape(), 0.0, x.dtype(), "zeros_like", name);
  return make_single({.type = "ZerosLike", .default_name = "zeros_like", .is_differentiable = false}, name, {x},
                     [](const cornu::Tensors& in) { return ops::full_like(in[0], 0.0); });
}

Tensor ones_like(const Tensor& x, const std::string& name) {
  const std::shared_ptr<GraphBody> body = body_for({x});
  if (!body) return Tensor(ops::full_like(x, 1.0));
  const std::string scope = body->unique_scope(name.empty() ? "ones_like" : name);
  const NameScopeGuard inside(body, scope);
  const Tensor dims = x.shape().is_known() ? constant(int_vector(x.shape().dims()), {.name = "Shape/shape_as_tensor"})
                                           : v1::shape(x, "Shape");
  const cornu::Tensor one = body->add_constant(body->unique_scope("Const"), ops::cast(ops::full({}, 1.0), x.dtype()));
  // The fill takes its size from x itself, which the shape was taken of.
  return body
      ->add_operation(scope, {.type = "Fill",
                              .inputs = {dims, one},
                              .outputs = {x.spec()},
                              .execute =
                                  [x = cornu::Tensor(x)](Run& run, const OperationRecord&) {
                                    return cornu::Tensors{ops::full_like(run.value(x), 1.0)};
                                  },
                              .is_differentiable = false})
      .node->output(0);
}

}  // namespace cornu::v1
