#include "models/training/losses/mean_squared_error.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "models/training/losses/epsilon.h"

namespace cornu::losses {
namespace {

using Function = Tensor (*)(const Tensor& y_true, const Tensor& y_pred);

Loss made(const char* class_name, Function function, const LossOptions& options) {
  return function_loss({.class_name = class_name,
                        .name = options.name,
                        .reduction = options.reduction,
                        .dtype = options.dtype,
                        .function = function});
}

Tensor log_of_positive(const Tensor& x) { return ops::log(ops::maximum(x, kEpsilon) + 1.0); }

}  // namespace

Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(ops::square(y_true - y_pred), {.axis = -1});
}

Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(ops::absolute(y_true - y_pred), {.axis = -1});
}

Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor scale = ops::maximum(ops::absolute(y_true), kEpsilon);
  return ops::mean(ops::absolute((y_true - y_pred) / scale), {.axis = -1}) * 100.0;
}

Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(ops::square(log_of_positive(y_pred) - log_of_positive(y_true)), {.axis = -1});
}

MeanSquaredError::MeanSquaredError(const LossOptions& options)
    : Loss(made("MeanSquaredError", mean_squared_error, options)) {}
MeanAbsoluteError::MeanAbsoluteError(const LossOptions& options)
    : Loss(made("MeanAbsoluteError", mean_absolute_error, options)) {}
MeanAbsolutePercentageError::MeanAbsolutePercentageError(const LossOptions& options)
    : Loss(made("MeanAbsolutePercentageError", mean_absolute_percentage_error, options)) {}
MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(const LossOptions& options)
    : Loss(made("MeanSquaredLogarithmicError", mean_squared_logarithmic_error, options)) {}

namespace {

const bool kMeanSquaredError = register_plain_loss<MeanSquaredError>("MeanSquaredError", {"mse", "MSE"});
const bool kMeanAbsoluteError = register_plain_loss<MeanAbsoluteError>("MeanAbsoluteError", {"mae", "MAE"});
const bool kMeanAbsolutePercentageError =
    register_plain_loss<MeanAbsolutePercentageError>("MeanAbsolutePercentageError", {"mape", "MAPE"});
const bool kMeanSquaredLogarithmicError =
    register_plain_loss<MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError", {"msle", "MSLE"});

}  // namespace

}  // namespace cornu::losses
