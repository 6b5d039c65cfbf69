#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

/// `mean(max(1 - y_true * y_pred, 0))` over the last axis, for targets -1 and 1; batches of targets 0 and 1 alone are
/// taken for those. **See**: `keras.losses.Hinge`.
class Hinge : public Loss {
 public:
  explicit Hinge(const LossOptions& options = {});
};

/// `mean(max(1 - y_true * y_pred, 0)^2)` over the last axis, for targets as in Hinge.
/// **See**: `keras.losses.SquaredHinge`.
class SquaredHinge : public Loss {
 public:
  explicit SquaredHinge(const LossOptions& options = {});
};

/// `max(neg - pos + 1, 0)`, where `pos` is the prediction for the target class and `neg` the greatest other one.
/// **Inputs** y_true, 0 or 1, and y_pred `(..., classes)`. **See**: `keras.losses.CategoricalHinge`.
class CategoricalHinge : public Loss {
 public:
  explicit CategoricalHinge(const LossOptions& options = {});
};

/// The functions of these classes, without weights and reduction. **See**: `keras.losses.hinge`, ...
Tensor hinge(const Tensor& y_true, const Tensor& y_pred);
Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred);
Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred);

}  // namespace cornu::losses
