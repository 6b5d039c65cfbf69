#pragma once

#include <string>

#include "framework/operation.h"

namespace cornu::ops {

/// What is common to operations that work element by element on broadcast operands.

/// dtype of the result of an elementwise operation, given that of its (promoted) operands.
enum class ElementwiseResult { kSame, kBool };

using GradientRule = std::function<Tensors(const Node& node, const Tensors& output_gradients)>;

/// Registers an elementwise operation of one or more operands of one dtype.
const Operation& register_elementwise(std::string name, GradientRule gradient = nullptr,
                                      ElementwiseResult result = ElementwiseResult::kSame);

/// Applies it to operands promoted to one dtype (`result_type`).
Tensor apply_elementwise(const Operation& operation, const Tensors& operands);

/// The same after integers and bools became float32: for functions such as exp.
Tensor apply_floating(const Operation& operation, const Tensors& operands);

/// Sums `gradient` over the axes along which an operand of that shape was broadcast: the adjoint of broadcasting.
Tensor unbroadcast(const Tensor& gradient, const Shape& shape);

}  // namespace cornu::ops
