#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

/// `mean((y_true - y_pred)^2)` over the last axis. **See**: `keras.losses.MeanSquaredError`.
class MeanSquaredError : public Loss {
 public:
  explicit MeanSquaredError(const LossOptions& options = {});
};

/// `mean(|y_true - y_pred|)` over the last axis. **See**: `keras.losses.MeanAbsoluteError`.
class MeanAbsoluteError : public Loss {
 public:
  explicit MeanAbsoluteError(const LossOptions& options = {});
};

/// `100 * mean(|y_true - y_pred| / max(|y_true|, 1e-7))` over the last axis.
/// **See**: `keras.losses.MeanAbsolutePercentageError`.
class MeanAbsolutePercentageError : public Loss {
 public:
  explicit MeanAbsolutePercentageError(const LossOptions& options = {});
};

/// `mean((log(1 + max(y_true, 1e-7)) - log(1 + max(y_pred, 1e-7)))^2)` over the last axis.
/// **See**: `keras.losses.MeanSquaredLogarithmicError`.
class MeanSquaredLogarithmicError : public Loss {
 public:
  explicit MeanSquaredLogarithmicError(const LossOptions& options = {});
};

/// The functions of these classes, without weights and reduction. **See**: `keras.losses.mean_squared_error`, ...
Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred);
Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred);
Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred);
Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred);

}  // namespace cornu::losses
