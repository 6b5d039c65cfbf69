#include "models/training/losses/focal_crossentropy.h"

#include "framework/error.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/exponential.h"
#include "framework/ops/range.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/softmax.h"
#include "models/training/losses/crossentropy.h"
#include "models/training/losses/epsilon.h"

namespace cornu::losses {
namespace {

Tensor clipped(const Tensor& probabilities) { return ops::clip(probabilities, kEpsilon, 1.0 - kEpsilon); }

Tensor binary_focal(const Tensor& y_true, const Tensor& y_pred, const BinaryFocalCrossentropyOptions& options) {
  const Tensor target = y_true * (1.0 - options.label_smoothing) + 0.5 * options.label_smoothing;
  const Tensor probability = options.from_logits ? ops::sigmoid(y_pred) : y_pred;
  const Tensor kept = clipped(probability);
  const Tensor crossentropy = -(target * ops::log(kept) + (1.0 - target) * ops::log(1.0 - kept));
  const Tensor of_target = target * probability + (1.0 - target) * (1.0 - probability);
  Tensor focal = ops::power(1.0 - of_target, options.gamma) * crossentropy;
  if (options.apply_class_balancing) {
    focal = (target * options.alpha + (1.0 - target) * (1.0 - options.alpha)) * focal;
  }
  return ops::mean(focal, {.axis = options.axis});
}

Tensor categorical_focal(const Tensor& y_true, const Tensor& y_pred,
                         const CategoricalFocalCrossentropyOptions& options) {
  const Tensor target = smoothed_classes(y_true, options.label_smoothing);
  const Tensor positive = options.from_logits ? ops::softmax(y_pred, options.axis) : y_pred;
  const Tensor probability = clipped(positive / ops::sum(positive, {.axis = options.axis, .keepdims = true}));
  const Tensor factor = ops::power(1.0 - probability, options.gamma) * options.alpha;
  return -ops::sum(factor * target * ops::log(probability), {.axis = options.axis});
}

Tensor generalized(const Tensor& y_true, const Tensor& y_pred, double q) {
  Tensor labels = ops::cast(y_true, DType::kInt32);
  if (labels.rank() == y_pred.rank() && labels.shape().back() == 1) labels = ops::squeeze(labels, -1);
  const Tensor chosen = ops::one_hot(labels, y_pred.shape().back(), {.dtype = y_pred.dtype()});
  return (1.0 - ops::power(ops::sum(y_pred * chosen, {.axis = -1}), q)) / q;
}

double checked_q(double q) {
  if (q > 0.0 && q < 1.0) return q;
  throw InvalidArgument("CategoricalGeneralizedCrossEntropy: expected a q in (0, 1); got " + std::to_string(q));
}

}  // namespace

BinaryFocalCrossentropy::BinaryFocalCrossentropy(const BinaryFocalCrossentropyOptions& options)
    : Loss(function_loss({.class_name = "BinaryFocalCrossentropy",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"from_logits", options.from_logits},
                                                     {"label_smoothing", options.label_smoothing},
                                                     {"axis", options.axis},
                                                     {"apply_class_balancing", options.apply_class_balancing},
                                                     {"alpha", options.alpha},
                                                     {"gamma", options.gamma}}),
                          .function = [options](const Tensor& y_true, const Tensor& y_pred) {
                            return binary_focal(y_true, y_pred, options);
                          }})) {}

CategoricalFocalCrossentropy::CategoricalFocalCrossentropy(const CategoricalFocalCrossentropyOptions& options)
    : Loss(function_loss({.class_name = "CategoricalFocalCrossentropy",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"from_logits", options.from_logits},
                                                     {"label_smoothing", options.label_smoothing},
                                                     {"axis", options.axis},
                                                     {"alpha", options.alpha},
                                                     {"gamma", options.gamma}}),
                          .function = [options](const Tensor& y_true, const Tensor& y_pred) {
                            return categorical_focal(y_true, y_pred, options);
                          }})) {}

CategoricalGeneralizedCrossEntropy::CategoricalGeneralizedCrossEntropy(
    const CategoricalGeneralizedCrossEntropyOptions& options)
    : Loss(function_loss({.class_name = "CategoricalGeneralizedCrossEntropy",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"q", checked_q(options.q)}}),
                          .takes_labels = true,
                          .function = [q = options.q](const Tensor& y_true, const Tensor& y_pred) {
                            return generalized(y_true, y_pred, q);
                          }})) {}

namespace {

const bool kBinaryFocalCrossentropy = register_loss("BinaryFocalCrossentropy", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return BinaryFocalCrossentropy({.apply_class_balancing = config.get_bool("apply_class_balancing", false),
                                  .alpha = config.get_double("alpha", 0.25),
                                  .gamma = config.get_double("gamma", 2.0),
                                  .from_logits = config.get_bool("from_logits", false),
                                  .label_smoothing = config.get_double("label_smoothing", 0.0),
                                  .axis = config.get_int("axis", -1),
                                  .reduction = options.reduction,
                                  .name = options.name,
                                  .dtype = options.dtype});
});
const bool kCategoricalFocalCrossentropy =
    register_loss("CategoricalFocalCrossentropy", [](const Config& config) -> Loss {
      const LossOptions options = loss_options(config);
      return CategoricalFocalCrossentropy({.alpha = config.get_double("alpha", 0.25),
                                           .gamma = config.get_double("gamma", 2.0),
                                           .from_logits = config.get_bool("from_logits", false),
                                           .label_smoothing = config.get_double("label_smoothing", 0.0),
                                           .axis = config.get_int("axis", -1),
                                           .reduction = options.reduction,
                                           .name = options.name,
                                           .dtype = options.dtype});
    });
const bool kCategoricalGeneralizedCrossEntropy =
    register_loss("CategoricalGeneralizedCrossEntropy", [](const Config& config) -> Loss {
      const LossOptions options = loss_options(config);
      return CategoricalGeneralizedCrossEntropy({.q = config.get_double("q", 0.5),
                                                 .reduction = options.reduction,
                                                 .name = options.name,
                                                 .dtype = options.dtype});
    });

}  // namespace

}  // namespace cornu::losses
