#include "models/training/losses/overlap.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "models/training/losses/epsilon.h"

namespace cornu::losses {
namespace {

Tensor dice(const Tensor& y_true, const Tensor& y_pred, const std::vector<std::int64_t>& given) {
  const Axes axis = given.empty() ? Axes() : Axes(given);
  const Tensor both = ops::sum(y_true * y_pred, {.axis = axis});
  return 1.0 - 2.0 * both / (ops::sum(y_true, {.axis = axis}) + ops::sum(y_pred, {.axis = axis}) + kEpsilon);
}

Tensor tversky(const Tensor& y_true, const Tensor& y_pred, const TverskyOptions& options) {
  const Axes axis = options.axis.empty() ? Axes() : Axes(options.axis);
  const Tensor both = ops::sum(y_true * y_pred, {.axis = axis});
  const Tensor missed = ops::sum((1.0 - y_pred) * y_true, {.axis = axis});
  const Tensor wrong = ops::sum(y_pred * (1.0 - y_true), {.axis = axis});
  return 1.0 - both / (both + missed * options.alpha + wrong * options.beta + kEpsilon);
}

Config config_of(const std::vector<std::int64_t>& axes) {
  if (axes.empty()) return {};
  return axes.size() == 1 ? Config(axes[0]) : Config(axes);
}

std::vector<std::int64_t> axes_from(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_integer()) return {config.as_int()};
  return config.as_ints();
}

}  // namespace

Dice::Dice(const DiceOptions& options)
    : Loss(function_loss({.class_name = "Dice",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"axis", config_of(options.axis)}}),
                          .function = [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
                            return dice(y_true, y_pred, axis);
                          }})) {}

Tversky::Tversky(const TverskyOptions& options)
    : Loss(function_loss({.class_name = "Tversky",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict(
                              {{"alpha", options.alpha}, {"beta", options.beta}, {"axis", config_of(options.axis)}}),
                          .function = [options](const Tensor& y_true, const Tensor& y_pred) {
                            return tversky(y_true, y_pred, options);
                          }})) {}

namespace {

const bool kDice = register_loss("Dice", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return Dice({.reduction = options.reduction,
               .name = options.name,
               .axis = axes_from(config.get("axis")),
               .dtype = options.dtype});
});
const bool kTversky = register_loss("Tversky", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return Tversky({.alpha = config.get_double("alpha", 0.5),
                  .beta = config.get_double("beta", 0.5),
                  .reduction = options.reduction,
                  .name = options.name,
                  .axis = axes_from(config.get("axis")),
                  .dtype = options.dtype});
});

}  // namespace

}  // namespace cornu::losses
