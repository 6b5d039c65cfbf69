#include "framework/ops/elementwise.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

Shape broadcast_of(std::span<const TensorSpec> inputs, const std::string& name) {
  Shape shape = inputs[0].shape;
  for (const TensorSpec& input : inputs.subspan(1)) {
    try {
      shape = broadcast_shapes(shape, input.shape);
    } catch (const ShapeError& error) {
      throw ShapeError(name + ": " + error.what(), {}, name);
    }
  }
  return shape;
}

Tensor apply_as(const Operation& operation, const Tensors& operands, DType dtype) {
  Tensors cast_operands;
  for (const Tensor& operand : operands) cast_operands.push_back(cast(operand, dtype));
  return apply_single(operation, std::move(cast_operands));
}

DType promoted(const Tensors& operands) {
  std::vector<DTypeOperand> dtypes;
  for (const Tensor& operand : operands) dtypes.push_back({operand.dtype(), operand.is_weak()});
  return result_type(dtypes);
}

}  // namespace

const Operation& register_elementwise(std::string name, GradientRule gradient, ElementwiseResult result) {
  const auto infer = [name, result](std::span<const TensorSpec> inputs, const Attributes&) -> TensorSpecs {
    return {{broadcast_of(inputs, name), result == ElementwiseResult::kBool ? DType::kBool : inputs[0].dtype}};
  };
  return register_operation(
      {.name = std::move(name), .infer = infer, .gradient = std::move(gradient), .is_elementwise = true});
}

Tensor apply_elementwise(const Operation& operation, const Tensors& operands) {
  return apply_as(operation, operands, promoted(operands));
}

Tensor apply_floating(const Operation& operation, const Tensors& operands) {
  const DType dtype = promoted(operands);
  return apply_as(operation, operands, is_floating(dtype) ? dtype : DType::kFloat32);
}

Tensor unbroadcast(const Tensor& gradient, const Shape& shape) {
  const Shape& from = gradient.shape();
  if (from == shape) return gradient;
  std::vector<std::int64_t> axes;
  const std::int64_t added = from.rank() - shape.rank();
  for (std::int64_t i = 0; i < from.rank(); ++i) {
    if (i < added || (shape[i - added] == 1 && from[i] != 1)) axes.push_back(i);
  }
  const Tensor summed = axes.empty() ? gradient : sum(gradient, {.axis = axes, .keepdims = true});
  return added > 0 ? squeeze(summed, Axes([&] {
                               std::vector<std::int64_t> leading;
                               for (std::int64_t i = 0; i < added; ++i) leading.push_back(i);
                               return leading;
                             }()))
                   : summed;
}

}  // namespace cornu::ops
