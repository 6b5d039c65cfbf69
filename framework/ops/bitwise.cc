#include "framework/ops/bitwise.h"

#include <string>

#include "framework/error.h"
#include "framework/operation.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

const Operation& kAnd = register_elementwise("bitwise_and");
const Operation& kOr = register_elementwise("bitwise_or");
const Operation& kXor = register_elementwise("bitwise_xor");
const Operation& kNot = register_elementwise("bitwise_not");
const Operation& kLeftShift = register_elementwise("left_shift");
const Operation& kRightShift = register_elementwise("right_shift");

Tensor apply_to_integers(const Operation& operation, const Tensors& operands) {
  for (const Tensor& operand : operands) {
    if (!is_floating(operand.dtype())) continue;
    throw DTypeError(operation.name + ": expected integers or bools; got " + name_of(operand.dtype()) + ". Cast first",
                     {}, operation.name);
  }
  return apply_elementwise(operation, operands);
}

}  // namespace

Tensor bitwise_and(const Tensor& x, const Tensor& y) { return apply_to_integers(kAnd, {x, y}); }
Tensor bitwise_or(const Tensor& x, const Tensor& y) { return apply_to_integers(kOr, {x, y}); }
Tensor bitwise_xor(const Tensor& x, const Tensor& y) { return apply_to_integers(kXor, {x, y}); }
Tensor bitwise_not(const Tensor& x) { return apply_to_integers(kNot, {x}); }
Tensor left_shift(const Tensor& x, const Tensor& y) { return apply_to_integers(kLeftShift, {x, y}); }
Tensor right_shift(const Tensor& x, const Tensor& y) { return apply_to_integers(kRightShift, {x, y}); }

}  // namespace cornu::ops
