#include "models/training/metrics/accuracy.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/argmax.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/sort.h"
#include "models/training/losses/loss.h"

namespace cornu::metrics {
namespace {

Tensor accuracy(const Tensor& y_true, const Tensor& y_pred) {
  Tensor target = y_true;
  Tensor predicted = y_pred;
  squeeze_or_expand_to_same_rank(target, predicted);
  return ops::equal(target, predicted);
}

Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold) {
  Tensor target = y_true;
  Tensor predicted = y_pred;
  squeeze_or_expand_to_same_rank(target, predicted);
  return ops::equal(target, ops::cast(ops::greater(predicted, threshold), target.dtype()));
}

Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  return ops::equal(ops::argmax(y_true, {.axis = -1}), ops::argmax(y_pred, {.axis = -1}));
}

Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  Tensor target = y_true;
  if (target.rank() == y_pred.rank() && target.shape().back() == 1) target = ops::squeeze(target, -1);
  const Tensor predicted = ops::argmax(y_pred, {.axis = -1});
  Tensor matches = ops::equal(target, ops::cast(predicted, target.dtype()));
  if (matches.rank() > 1 && matches.shape().back() == 1) matches = ops::squeeze(matches, -1);
  return matches;
}

Tensor as_rows(const Tensor& x) { return x.rank() > 2 ? ops::reshape(x, {-1, x.shape().back()}) : x; }

Tensor sparse_top_k(const Tensor& target, const Tensor& y_pred, std::int64_t k, bool from_sorted_ids) {
  const Tensor rows = as_rows(y_pred);
  const Tensor flat = target.rank() > 1 ? ops::reshape(target, {-1}) : target;
  Tensor matches;
  if (from_sorted_ids) {
    const std::int64_t count = std::min(k, rows.shape().back());
    const Tensor first = ops::slice(rows, {0, 0}, {rows.shape().front(), count});
    matches = ops::any(ops::equal(ops::expand_dims(ops::cast(flat, y_pred.dtype()), 1), first), {.axis = 1});
  } else {
    matches = ops::in_top_k(ops::cast(flat, DType::kInt32), rows, k);
  }
  return target.rank() > 1 ? ops::reshape_like(matches, target) : matches;
}

std::int64_t checked_k(std::int64_t k) {
  if (k > 0) return k;
  throw InvalidArgument("metric: expected a positive k; got " + std::to_string(k));
}

}  // namespace

Accuracy::Accuracy(const MetricOptions& options)
    : Metric(mean_of_function(
          {.class_name = "Accuracy", .name = options.name, .dtype = options.dtype, .function = accuracy})) {}

BinaryAccuracy::BinaryAccuracy(const BinaryAccuracyOptions& options)
    : Metric(mean_of_function({.class_name = "BinaryAccuracy",
                               .name = options.name,
                               .dtype = options.dtype,
                               .arguments = Config::dict({{"threshold", options.threshold}}),
                               .function = [threshold = options.threshold](const Tensor& y_true, const Tensor& y_pred) {
                                 return binary_accuracy(y_true, y_pred, threshold);
                               }})) {}

CategoricalAccuracy::CategoricalAccuracy(const MetricOptions& options)
    : Metric(mean_of_function({.class_name = "CategoricalAccuracy",
                               .name = options.name,
                               .dtype = options.dtype,
                               .function = categorical_accuracy})) {}

SparseCategoricalAccuracy::SparseCategoricalAccuracy(const MetricOptions& options)
    : Metric(mean_of_function({.class_name = "SparseCategoricalAccuracy",
                               .name = options.name,
                               .dtype = options.dtype,
                               .function = sparse_categorical_accuracy})) {}

TopKCategoricalAccuracy::TopKCategoricalAccuracy(const TopKCategoricalAccuracyOptions& options)
    : Metric(mean_of_function({.class_name = "TopKCategoricalAccuracy",
                               .name = options.name,
                               .dtype = options.dtype,
                               .arguments = Config::dict({{"k", checked_k(options.k)}}),
                               .function = [k = options.k](const Tensor& y_true, const Tensor& y_pred) {
                                 return sparse_top_k(ops::argmax(y_true, {.axis = -1}), y_pred, k, false);
                               }})) {}

namespace {

Config arguments_of(const SparseTopKCategoricalAccuracyOptions& options) {
  Config arguments = Config::dict({{"k", checked_k(options.k)}});
  if (options.from_sorted_ids) arguments.set("from_sorted_ids", true);
  return arguments;
}

}  // namespace

SparseTopKCategoricalAccuracy::SparseTopKCategoricalAccuracy(const SparseTopKCategoricalAccuracyOptions& options)
    : Metric(mean_of_function(
          {.class_name = "SparseTopKCategoricalAccuracy",
           .name = options.name,
           .dtype = options.dtype,
           .arguments = arguments_of(options),
           .function = [k = options.k, sorted = options.from_sorted_ids](const Tensor& y_true, const Tensor& y_pred) {
             return sparse_top_k(y_true, y_pred, k, sorted);
           }})) {}

namespace {

const bool kAccuracy =
    register_metric("Accuracy", [](const Config& config) -> Metric { return Accuracy(metric_options(config)); });
const bool kBinaryAccuracy = register_metric("BinaryAccuracy", [](const Config& config) -> Metric {
  const MetricOptions options = metric_options(config);
  return BinaryAccuracy(
      {.name = options.name, .dtype = options.dtype, .threshold = config.get_double("threshold", 0.5)});
});
const bool kCategoricalAccuracy = register_metric(
    "CategoricalAccuracy", [](const Config& config) -> Metric { return CategoricalAccuracy(metric_options(config)); });
const bool kSparseCategoricalAccuracy =
    register_metric("SparseCategoricalAccuracy",
                    [](const Config& config) -> Metric { return SparseCategoricalAccuracy(metric_options(config)); });
const bool kTopKCategoricalAccuracy = register_metric("TopKCategoricalAccuracy", [](const Config& config) -> Metric {
  const MetricOptions options = metric_options(config);
  return TopKCategoricalAccuracy({.k = config.get_int("k", 5), .name = options.name, .dtype = options.dtype});
});
const bool kSparseTopKCategoricalAccuracy =
    register_metric("SparseTopKCategoricalAccuracy", [](const Config& config) -> Metric {
      const MetricOptions options = metric_options(config);
      return SparseTopKCategoricalAccuracy({.k = config.get_int("k", 5),
                                            .name = options.name,
                                            .dtype = options.dtype,
                                            .from_sorted_ids = config.get_bool("from_sorted_ids", false)});
    });

}  // namespace

}  // namespace cornu::metrics
