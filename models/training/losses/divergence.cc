#include "models/training/losses/divergence.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "models/training/losses/epsilon.h"

namespace cornu::losses {

Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor target = ops::clip(y_true, kEpsilon, 1.0);
  return ops::sum(target * ops::log(target / ops::clip(y_pred, kEpsilon, 1.0)), {.axis = -1});
}

Tensor poisson(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(y_pred - y_true * ops::log(y_pred + kEpsilon), {.axis = -1});
}

KLDivergence::KLDivergence(const LossOptions& options)
    : Loss(function_loss({.class_name = "KLDivergence",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .function = kl_divergence})) {}

Poisson::Poisson(const LossOptions& options)
    : Loss(function_loss({.class_name = "Poisson",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .function = poisson})) {}

namespace {

const bool kKLDivergence =
    register_plain_loss<KLDivergence>("KLDivergence", {"kld", "KLD", "kullback_leibler_divergence"});
const bool kPoisson = register_plain_loss<Poisson>("Poisson");

}  // namespace

}  // namespace cornu::losses
