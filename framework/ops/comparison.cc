#include "framework/ops/comparison.h"

#include "framework/ops/cast.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

const Operation& register_comparison(const char* name) {
  return register_elementwise(name, nullptr, ElementwiseResult::kBool);
}

const Operation& kEqual = register_comparison("equal");
const Operation& kNotEqual = register_comparison("not_equal");
const Operation& kLess = register_comparison("less");
const Operation& kLessEqual = register_comparison("less_equal");
const Operation& kGreater = register_comparison("greater");
const Operation& kGreaterEqual = register_comparison("greater_equal");
const Operation& kLogicalAnd = register_comparison("logical_and");
const Operation& kLogicalOr = register_comparison("logical_or");
const Operation& kLogicalXor = register_comparison("logical_xor");
const Operation& kLogicalNot = register_comparison("logical_not");
const Operation& kIsNan = register_comparison("isnan");
const Operation& kIsInf = register_comparison("isinf");
const Operation& kIsFinite = register_comparison("isfinite");

Tensor truth(const Tensor& x) { return cast(x, DType::kBool); }

}  // namespace

Tensor equal(const Tensor& x, const Tensor& y) { return apply_elementwise(kEqual, {x, y}); }
Tensor not_equal(const Tensor& x, const Tensor& y) { return apply_elementwise(kNotEqual, {x, y}); }
Tensor less(const Tensor& x, const Tensor& y) { return apply_elementwise(kLess, {x, y}); }
Tensor less_equal(const Tensor& x, const Tensor& y) { return apply_elementwise(kLessEqual, {x, y}); }
Tensor greater(const Tensor& x, const Tensor& y) { return apply_elementwise(kGreater, {x, y}); }
Tensor greater_equal(const Tensor& x, const Tensor& y) { return apply_elementwise(kGreaterEqual, {x, y}); }
Tensor logical_and(const Tensor& x, const Tensor& y) { return apply_elementwise(kLogicalAnd, {truth(x), truth(y)}); }
Tensor logical_or(const Tensor& x, const Tensor& y) { return apply_elementwise(kLogicalOr, {truth(x), truth(y)}); }
Tensor logical_xor(const Tensor& x, const Tensor& y) { return apply_elementwise(kLogicalXor, {truth(x), truth(y)}); }
Tensor logical_not(const Tensor& x) { return apply_elementwise(kLogicalNot, {truth(x)}); }
Tensor isnan(const Tensor& x) { return apply_floating(kIsNan, {x}); }
Tensor isinf(const Tensor& x) { return apply_floating(kIsInf, {x}); }
Tensor isfinite(const Tensor& x) { return apply_floating(kIsFinite, {x}); }

}  // namespace cornu::ops
