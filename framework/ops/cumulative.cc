#include "framework/ops/cumulative.h"

#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reshape.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_cumulative(std::span<const TensorSpec> inputs, const Attributes&) { return {inputs[0]}; }

CumulativeOptions options_of(const Node& node) {
  return {.axis = node.attributes().integer("axis"), .reverse = node.attributes().flag("reverse")};
}

// Every sum that holds an element hands its gradient to it: the sums from there on.
Tensors cumsum_gradient(const Node& node, const Tensors& g) {
  CumulativeOptions back = options_of(node);
  back.reverse = !back.reverse;
  return {cumsum(g[0], back)};
}

// dx_i = sum of dy_j y_j / x_i over the products that hold x_i. Products from the first zero on are 0; without that
// zero, which only its own derivative leaves out, they are `others`. Behind it all derivatives are 0.
Tensors cumprod_gradient(const Node& node, const Tensors& g) {
  const Tensor& x = node.input(0);
  const CumulativeOptions forth = options_of(node);
  const CumulativeOptions back{.axis = forth.axis, .reverse = !forth.reverse};
  const Tensor zero = equal(x, 0.0);
  const Tensor zeros = cumsum(cast(zero, DType::kInt32), forth);
  const Tensor first = logical_and(zero, equal(zeros, 1));
  const Tensor others = cumprod(where(first, 1.0, x), forth);
  const Tensor before = cumsum(g[0] * node.output(0), back) / where(zero, 1.0, x);
  return {where(first, cumsum(g[0] * others, back), where(equal(zeros, 0), before, 0.0))};
}

const Operation& kCumsum =
    register_operation({.name = "cumsum", .infer = infer_cumulative, .gradient = cumsum_gradient});
const Operation& kCumprod =
    register_operation({.name = "cumprod", .infer = infer_cumulative, .gradient = cumprod_gradient});

Tensor accumulate(const Operation& operation, const Tensor& x, const CumulativeOptions& options) {
  const Tensor numbers = x.dtype() == DType::kBool ? cast(x, DType::kInt32) : x.strong();
  const Tensor walked = options.axis ? numbers : reshape(numbers, {kUnknown});
  const std::int64_t axis = walked.shape().checked_axis(options.axis.value_or(0));
  return apply_single(operation, {walked}, {{"axis", axis}, {"reverse", options.reverse}});
}

}  // namespace

Tensor cumsum(const Tensor& x, const CumulativeOptions& options) { return accumulate(kCumsum, x, options); }
Tensor cumprod(const Tensor& x, const CumulativeOptions& options) { return accumulate(kCumprod, x, options); }

}  // namespace cornu::ops
