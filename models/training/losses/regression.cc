#include "models/training/losses/regression.h"

#include <cmath>
#include <numbers>

#include "framework/error.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/where.h"
#include "models/training/losses/epsilon.h"

namespace cornu::losses {
namespace {

// x / max(|x|, epsilon), where the gradient of a zero vector is 0 and not infinity times 0.
Tensor normalized(const Tensor& x, std::int64_t axis) {
  const Tensor squares = ops::sum(ops::square(x), {.axis = axis, .keepdims = true});
  return x * ops::rsqrt(ops::maximum(squares, kEpsilon * kEpsilon));
}

double checked_delta(double delta) {
  if (delta > 0.0 && std::isfinite(delta)) return delta;
  throw InvalidArgument("Huber: expected a positive delta; got " + std::to_string(delta));
}

}  // namespace

Tensor cosine_similarity(const Tensor& y_true, const Tensor& y_pred, std::int64_t axis) {
  return -ops::sum(normalized(y_true, axis) * normalized(y_pred, axis), {.axis = axis});
}

Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta) {
  const Tensor error = y_pred - y_true;
  const Tensor size = ops::absolute(error);
  const Tensor values =
      ops::where(ops::less_equal(size, delta), 0.5 * ops::square(error), delta * size - 0.5 * delta * delta);
  return ops::mean(values, {.axis = -1});
}

Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor error = y_pred - y_true;
  return ops::mean(error + ops::softplus(error * -2.0) - std::numbers::ln2, {.axis = -1});
}

namespace {

// Keras forgets axis and delta when it saves; it understands the entries all the same.
Config unless_default(const char* key, const Config& value, const Config& usual) {
  return value == usual ? Config::dict() : Config::dict({{key, value}});
}

}  // namespace

CosineSimilarity::CosineSimilarity(const CosineSimilarityOptions& options)
    : Loss(function_loss({.class_name = "CosineSimilarity",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = unless_default("axis", options.axis, -1),
                          .function = [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
                            return cosine_similarity(y_true, y_pred, axis);
                          }})) {}

Huber::Huber(const HuberOptions& options)
    : Loss(function_loss({.class_name = "Huber",
                          .name = options.name.empty() ? "huber_loss" : options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = unless_default("delta", checked_delta(options.delta), 1.0),
                          .function = [delta = options.delta](const Tensor& y_true, const Tensor& y_pred) {
                            return huber(y_true, y_pred, delta);
                          }})) {}

LogCosh::LogCosh(const LossOptions& options)
    : Loss(function_loss({.class_name = "LogCosh",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .function = log_cosh})) {}

namespace {

const bool kCosineSimilarity = register_loss("CosineSimilarity", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return CosineSimilarity({.axis = config.get_int("axis", -1),
                           .reduction = options.reduction,
                           .name = options.name,
                           .dtype = options.dtype});
});
const bool kHuber = register_loss("Huber", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return Huber({.delta = config.get_double("delta", 1.0),
                .reduction = options.reduction,
                .name = options.name,
                .dtype = options.dtype});
});
const bool kLogCosh = register_plain_loss<LogCosh>("LogCosh", {"logcosh"});

}  // namespace

}  // namespace cornu::losses
