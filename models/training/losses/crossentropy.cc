#include "models/training/losses/crossentropy.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/cross_entropy.h"
#include "framework/ops/exponential.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/where.h"
#include "models/training/losses/epsilon.h"

namespace cornu::losses {
namespace {

double checked_smoothing(double label_smoothing) {
  if (label_smoothing >= 0.0 && label_smoothing <= 1.0) return label_smoothing;
  throw InvalidArgument("loss: expected a label_smoothing in [0, 1]; got " + std::to_string(label_smoothing));
}

void require_one_shape(const char* who, const Tensor& y_true, const Tensor& y_pred, const char* advice) {
  if (y_true.shape().is_compatible_with(y_pred.shape())) return;
  throw ShapeError(std::string(who) + ": expected targets and predictions of one shape; got " +
                   y_true.shape().to_string() + " and " + y_pred.shape().to_string() + ". " + advice);
}

// The logits of probabilities that come straight from that operation, else undefined. Models end in a softmax or
// sigmoid more often than not; its logits give the loss exactly where probabilities round to 0 or 1.
Tensor logits_behind(const Tensor& probabilities, std::string_view operation) {
  const std::shared_ptr<const Node> node = Node::of(probabilities);
  return node && node->operation().name == operation ? node->input(0) : Tensor();
}

Tensor logits_behind_softmax(const Tensor& probabilities, std::int64_t axis) {
  const Tensor logits = logits_behind(probabilities, "softmax");
  if (!logits.defined()) return logits;
  const Shape& shape = probabilities.shape();
  const std::int64_t softmax_axis = Node::of(probabilities)->attributes().integer("axis");
  return shape.checked_axis(softmax_axis) == shape.checked_axis(axis) ? logits : Tensor();
}

Tensor clipped(const Tensor& probabilities) { return ops::clip(probabilities, kEpsilon, 1.0 - kEpsilon); }

}  // namespace

Tensor elementwise_binary_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits) {
  require_one_shape("binary_crossentropy", y_true, y_pred,
                    "Give one output for each yes or no, or use sparse_categorical_crossentropy for class numbers");
  const Tensor logits = from_logits ? y_pred : logits_behind(y_pred, "sigmoid");
  // log(1 + exp(x)) - x * y: no exponential that overflows, no logarithm of 0.
  if (logits.defined()) return ops::softplus(logits) - logits * y_true;
  const Tensor probability = clipped(y_pred);
  return -(y_true * ops::log(probability) + (1.0 - y_true) * ops::log(1.0 - probability));
}

Tensor smoothed_classes(const Tensor& y_true, double label_smoothing) {
  if (label_smoothing == 0.0) return y_true;
  return y_true * (1.0 - label_smoothing) + label_smoothing / static_cast<double>(y_true.shape().back());
}

Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits, double label_smoothing,
                           std::int64_t axis) {
  const Tensor target = label_smoothing == 0.0 ? y_true : y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing;
  return ops::mean(elementwise_binary_crossentropy(target, y_pred, from_logits), {.axis = axis});
}

Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits, double label_smoothing,
                                std::int64_t axis) {
  require_one_shape("categorical_crossentropy", y_true, y_pred,
                    "For targets that are class numbers use sparse_categorical_crossentropy");
  const Tensor target = smoothed_classes(y_true, label_smoothing);
  const Tensor logits = from_logits ? y_pred : logits_behind_softmax(y_pred, axis);
  if (logits.defined()) {
    return ops::softmax_cross_entropy(ops::moveaxis(logits, axis, -1), ops::moveaxis(target, axis, -1));
  }
  const Tensor normalized = y_pred / ops::sum(y_pred, {.axis = axis, .keepdims = true});
  return -ops::sum(target * ops::log(clipped(normalized)), {.axis = axis});
}

Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits,
                                       std::optional<std::int64_t> ignore_class, std::int64_t axis) {
  Tensor labels = y_true;
  if (labels.rank() == y_pred.rank() && labels.shape()[axis] == 1) labels = ops::squeeze(labels, axis);
  Shape expected = y_pred.shape();
  {
    std::vector<std::int64_t> dims = expected.dims();
    dims.erase(dims.begin() + expected.checked_axis(axis));
    expected = Shape(std::move(dims));
  }
  if (!labels.shape().is_compatible_with(expected)) {
    throw ShapeError("sparse_categorical_crossentropy: expected class numbers of shape " + expected.to_string() +
                     " for predictions of shape " + y_pred.shape().to_string() + "; got " + y_true.shape().to_string() +
                     ". For targets that are distributions over the classes use categorical_crossentropy");
  }
  // Other types of numbers are cut off, as in Keras; wide integers keep all their digits.
  if (!is_integer(labels.dtype())) labels = ops::cast(labels, DType::kInt32);
  Tensor valid;
  if (ignore_class) {
    valid = ops::not_equal(labels, *ignore_class);
    labels = ops::where(valid, labels, 0);
  }
  Tensor logits = from_logits ? y_pred : logits_behind_softmax(y_pred, axis);
  // The softmax of the logarithms of probabilities is the probabilities, up to clipping and brought to a sum of 1.
  if (!logits.defined()) logits = ops::log(clipped(y_pred));
  // Ignored places may hold anything; zeros keep NaN out of the gradient.
  if (valid.defined()) logits = ops::where(ops::expand_dims(valid, axis), logits, 0.0);
  if (expected.rank() > 0) logits = ops::moveaxis(logits, axis, -1);
  const Tensor values = ops::sparse_softmax_cross_entropy(logits, labels);
  if (!valid.defined()) return values;
  return ops::where(valid, values, 0.0).with_mask(valid);
}

BinaryCrossentropy::BinaryCrossentropy(const BinaryCrossentropyOptions& options)
    : Loss(function_loss({.class_name = "BinaryCrossentropy",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"from_logits", options.from_logits},
                                                     {"label_smoothing", checked_smoothing(options.label_smoothing)},
                                                     {"axis", options.axis}}),
                          .function = [options](const Tensor& y_true, const Tensor& y_pred) {
                            return binary_crossentropy(y_true, y_pred, options.from_logits, options.label_smoothing,
                                                       options.axis);
                          }})) {}

CategoricalCrossentropy::CategoricalCrossentropy(const CategoricalCrossentropyOptions& options)
    : Loss(function_loss({.class_name = "CategoricalCrossentropy",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = Config::dict({{"from_logits", options.from_logits},
                                                     {"label_smoothing", checked_smoothing(options.label_smoothing)},
                                                     {"axis", options.axis}}),
                          .function = [options](const Tensor& y_true, const Tensor& y_pred) {
                            return categorical_crossentropy(y_true, y_pred, options.from_logits,
                                                            options.label_smoothing, options.axis);
                          }})) {}

namespace {

Config sparse_arguments(const SparseCategoricalCrossentropyOptions& options) {
  Config arguments = Config::dict({{"from_logits", options.from_logits}, {"ignore_class", nullptr}});
  if (options.ignore_class) arguments.set("ignore_class", *options.ignore_class);
  // Keras forgets the axis; it understands the entry all the same.
  if (options.axis != -1) arguments.set("axis", options.axis);
  return arguments;
}

}  // namespace

SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(const SparseCategoricalCrossentropyOptions& options)
    : Loss(function_loss({.class_name = "SparseCategoricalCrossentropy",
                          .name = options.name,
                          .reduction = options.reduction,
                          .dtype = options.dtype,
                          .arguments = sparse_arguments(options),
                          .takes_labels = true,
                          .function = [options](const Tensor& y_true, const Tensor& y_pred) {
                            return sparse_categorical_crossentropy(y_true, y_pred, options.from_logits,
                                                                   options.ignore_class, options.axis);
                          }})) {}

namespace {

const bool kBinaryCrossentropy =
    register_loss("BinaryCrossentropy",
                  [](const Config& config) -> Loss {
                    const LossOptions options = loss_options(config);
                    return BinaryCrossentropy({.from_logits = config.get_bool("from_logits", false),
                                               .label_smoothing = config.get_double("label_smoothing", 0.0),
                                               .axis = config.get_int("axis", -1),
                                               .reduction = options.reduction,
                                               .name = options.name,
                                               .dtype = options.dtype});
                  },
                  {"bce", "BCE"});

const bool kCategoricalCrossentropy = register_loss("CategoricalCrossentropy", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return CategoricalCrossentropy({.from_logits = config.get_bool("from_logits", false),
                                  .label_smoothing = config.get_double("label_smoothing", 0.0),
                                  .axis = config.get_int("axis", -1),
                                  .reduction = options.reduction,
                                  .name = options.name,
                                  .dtype = options.dtype});
});

const bool kSparseCategoricalCrossentropy =
    register_loss("SparseCategoricalCrossentropy", [](const Config& config) -> Loss {
      const LossOptions options = loss_options(config);
      const Config& ignore_class = config.get("ignore_class");
      return SparseCategoricalCrossentropy(
          {.from_logits = config.get_bool("from_logits", false),
           .ignore_class = ignore_class.is_null() ? std::nullopt : std::optional(ignore_class.as_int()),
           .reduction = options.reduction,
           .axis = config.get_int("axis", -1),
           .name = options.name,
           .dtype = options.dtype});
    });

}  // namespace

}  // namespace cornu::losses
