#include "models/training/losses/contrastive.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"

namespace cornu::losses {

Contrastive::Contrastive(const ContrastiveOptions& options)
    : Loss(function_loss({.class_name = "Contrastive",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"margin", options.margin}}),
                          .function = [margin = options.margin](const Tensor& y_true, const Tensor& distance) {
                            const Tensor lacking = ops::maximum(margin - distance, 0.0);
                            return ops::mean(y_true * ops::square(distance) + (1.0 - y_true) * ops::square(lacking),
                                             {.axis = -1});
                          }})) {}

namespace {

const bool kContrastive = register_loss("Contrastive", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return Contrastive({.margin = config.get_double("margin", 1.0),
                      .reduction = options.reduction,
                      .name = options.name,
                      .dtype = options.dtype});
});

}  // namespace

}  // namespace cornu::losses
