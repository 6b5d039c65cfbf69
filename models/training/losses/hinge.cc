#include "models/training/losses/hinge.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/where.h"

namespace cornu::losses {
namespace {

Tensor as_signs(const Tensor& y_true) {
  const Tensor is_binary = ops::all(ops::logical_or(ops::equal(y_true, 0.0), ops::equal(y_true, 1.0)));
  return ops::where(is_binary, 2.0 * y_true - 1.0, y_true);
}

Tensor lacking(const Tensor& y_true, const Tensor& y_pred) {
  return ops::maximum(1.0 - as_signs(y_true) * y_pred, 0.0);
}

using Function = Tensor (*)(const Tensor& y_true, const Tensor& y_pred);

Loss made(const char* class_name, Function function, const LossOptions& options) {
  return function_loss({.class_name = class_name,
                        .name = options.name,
                        .reduction = options.reduction,
                        .dtype = options.dtype,
                        .function = function});
}

}  // namespace

Tensor hinge(const Tensor& y_true, const Tensor& y_pred) { return ops::mean(lacking(y_true, y_pred), {.axis = -1}); }

Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(ops::square(lacking(y_true, y_pred)), {.axis = -1});
}

Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor pos = ops::sum(y_true * y_pred, {.axis = -1});
  const Tensor neg = ops::max((1.0 - y_true) * y_pred, {.axis = -1});
  return ops::maximum(neg - pos + 1.0, 0.0);
}

Hinge::Hinge(const LossOptions& options) : Loss(made("Hinge", hinge, options)) {}
SquaredHinge::SquaredHinge(const LossOptions& options) : Loss(made("SquaredHinge", squared_hinge, options)) {}
CategoricalHinge::CategoricalHinge(const LossOptions& options)
    : Loss(made("CategoricalHinge", categorical_hinge, options)) {}

namespace {

const bool kHinge = register_plain_loss<Hinge>("Hinge");
const bool kSquaredHinge = register_plain_loss<SquaredHinge>("SquaredHinge");
const bool kCategoricalHinge = register_plain_loss<CategoricalHinge>("CategoricalHinge");

}  // namespace

}  // namespace cornu::losses
