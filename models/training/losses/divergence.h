#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

/// `sum(y_true * log(y_true / y_pred))` over the last axis, both kept between 1e-7 and 1.
/// **See**: `keras.losses.KLDivergence`.
class KLDivergence : public Loss {
 public:
  explicit KLDivergence(const LossOptions& options = {});
};

/// `mean(y_pred - y_true * log(y_pred + 1e-7))` over the last axis, for counts. **See**: `keras.losses.Poisson`.
class Poisson : public Loss {
 public:
  explicit Poisson(const LossOptions& options = {});
};

/// The functions of these classes, without weights and reduction. **See**: `keras.losses.kl_divergence`, `poisson`.
Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred);
Tensor poisson(const Tensor& y_true, const Tensor& y_pred);

}  // namespace cornu::losses
