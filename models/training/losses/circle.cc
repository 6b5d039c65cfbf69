#include "models/training/losses/circle.h"

#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/cumulative.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/where.h"

namespace cornu::losses {
namespace {

// Low enough that exp gives 0; finite, so that a row without any pair has a gradient of 0 and not NaN.
constexpr double kNoPair = -1e30;

Tensor circle(const Tensor& y_true, const Tensor& y_pred, const CircleOptions& options) {
  const Tensor labels = ops::reshape(ops::cast(y_true, DType::kInt32), {-1, 1});
  const Tensor same = ops::equal(labels, ops::transpose(labels));
  Tensor positive = same;
  if (options.remove_diagonal) {
    // Places by number instead of an identity matrix: the batch may be known only when the graph runs.
    const Tensor places = ops::cumsum(ops::ones_like(labels), {.axis = 0});
    positive = ops::logical_and(positive, ops::not_equal(places, ops::transpose(places)));
  }
  const Tensor negative = ops::logical_not(same);
  const Tensor distance = ops::maximum(1.0 - ops::matmul(y_pred, ops::transpose(y_pred)), 0.0);
  const Tensor positive_weight = ops::maximum(options.margin + distance, 0.0);
  const Tensor negative_weight = ops::maximum(1.0 + options.margin - distance, 0.0);
  const Tensor positive_term = -options.gamma * positive_weight * (options.margin - distance);
  const Tensor negative_term = options.gamma * negative_weight * (1.0 - options.margin - distance);
  const Tensor positive_sum = ops::logsumexp(ops::where(positive, positive_term, kNoPair), {.axis = 1});
  const Tensor negative_sum = ops::logsumexp(ops::where(negative, negative_term, kNoPair), {.axis = 1});
  const Tensor values = ops::softplus(positive_sum + negative_sum);
  return values.with_mask(ops::greater(values, 0.0));
}

}  // namespace

Circle::Circle(const CircleOptions& options)
    : Loss(function_loss(
          {.class_name = "Circle",
           .name = options.name,
           .reduction = options.reduction,
           .dtype = options.dtype,
           .arguments = Config::dict(
               {{"gamma", options.gamma}, {"margin", options.margin}, {"remove_diagonal", options.remove_diagonal}}),
           .takes_labels = true,
           .function = [options](const Tensor& y_true, const Tensor& y_pred) {
             return circle(y_true, y_pred, options);
           }})) {}

namespace {

const bool kCircle = register_loss("Circle", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return Circle({.gamma = config.get_double("gamma", 80.0),
                 .margin = config.get_double("margin", 0.4),
                 .remove_diagonal = config.get_bool("remove_diagonal", true),
                 .reduction = options.reduction,
                 .name = options.name,
                 .dtype = options.dtype});
});

}  // namespace

}  // namespace cornu::losses
