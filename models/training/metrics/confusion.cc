#include "models/training/metrics/confusion.h"

#include <algorithm>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/cumulative.h"
#include "framework/ops/range.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/rounding.h"
#include "framework/ops/scatter.h"
#include "framework/ops/slice.h"
#include "framework/ops/sort.h"
#include "framework/ops/where.h"
#include "framework/snake_case.h"
#include "models/training/losses/epsilon.h"
#include "models/training/losses/loss.h"

namespace cornu::metrics {
namespace {

// Below every prediction: the threshold for top_k, and what the others of a row become.
constexpr double kLowest = -1e10;

Tensor constant(const std::vector<double>& values, DType dtype) {
  return ops::cast(Tensor::copy<double>(values, {static_cast<std::int64_t>(values.size())}), dtype);
}

bool evenly_spaced(const std::vector<double>& thresholds) {
  if (thresholds.size() < 3) return false;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const double even = static_cast<double>(i) / static_cast<double>(thresholds.size() - 1);
    // NumPy's allclose with Keras' epsilon.
    if (std::abs(thresholds[i] - even) > losses::kEpsilon + 1e-5 * even) return false;
  }
  return true;
}

Tensor only_top_k(const Tensor& x, std::int64_t k) {
  const Tensor chosen =
      ops::sum(ops::one_hot(ops::top_k(x, k).indices, x.shape().back(), {.dtype = x.dtype()}), {.axis = -2});
  return x * chosen + kLowest * (1.0 - chosen);
}

// Each prediction falls into the bin above the greatest threshold below it; sums from above count what exceeds each.
Tensor exceeding(const Tensor& weights, const Tensor& bins, std::int64_t count, bool multi_label) {
  if (!multi_label) return ops::cumsum(ops::segment_sum(weights, bins, count), {.axis = 0, .reverse = true});
  // One bin for each pair of threshold and label.
  const std::int64_t labels = weights.shape().back();
  const Tensor pairs = ops::reshape(bins * labels + ops::arange(labels), {-1});
  const Tensor sums = ops::segment_sum(ops::reshape(weights, {-1}), pairs, count * labels);
  return ops::cumsum(ops::reshape(sums, {count, labels}), {.axis = 0, .reverse = true});
}

}  // namespace

Tensor part_of(const Tensor& first, const Tensor& second) { return ops::divide_no_nan(first, first + second); }

std::vector<double> inner_thresholds(std::int64_t count) {
  std::vector<double> thresholds;
  for (std::int64_t i = 1; i <= count; ++i) {
    thresholds.push_back(static_cast<double>(i) / static_cast<double>(count + 1));
  }
  return thresholds;
}

std::vector<double> numbers_of(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_number()) return {config.as_double()};
  return config.as_doubles();
}

ConfusionCounts count_confusions(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                                 const ConfusionOptions& options, DType dtype) {
  Tensor target = ops::cast(y_true, dtype);
  Tensor predicted = ops::cast(y_pred, dtype);
  squeeze_or_expand_to_same_rank(predicted, target);
  Tensor weight;
  if (sample_weight.defined()) {
    weight = ops::expand_dims(ops::cast(sample_weight, dtype), -1);
    squeeze_or_expand_to_same_rank(target, weight, false);
  }
  if (options.top_k) predicted = only_top_k(predicted, *options.top_k);
  if (options.class_id) {
    if (predicted.rank() < 2) {
      throw ShapeError("metric with a class_id: expected predictions of shape (batch, classes); got " +
                       predicted.shape().to_string());
    }
    target = ops::slice_position(target, -1, *options.class_id);
    predicted = ops::slice_position(predicted, -1, *options.class_id);
  }
  if (options.label_weights.defined()) {
    const Tensor by_label = ops::cast(options.label_weights, dtype);
    weight = weight.defined() ? weight * by_label : by_label;
  }
  Tensor positive = ops::cast(ops::not_equal(target, 0.0), dtype);
  Tensor negative = 1.0 - positive;
  if (weight.defined()) {
    positive = positive * weight;
    negative = negative * weight;
  }
  if (!options.multi_label) {
    positive = ops::reshape(positive, {-1});
    negative = ops::reshape(negative, {-1});
    predicted = ops::reshape(predicted, {-1});
  } else if (predicted.rank() != 2) {
    throw ShapeError("AUC with multi_label: expected predictions of shape (batch, labels); got " +
                     predicted.shape().to_string());
  }

  const auto count = static_cast<std::int64_t>(options.thresholds.size());
  std::vector<double> even = options.thresholds;
  const bool reaches_out = even.front() < 0.0 && even.back() > 1.0;
  if (reaches_out) {
    even.front() = 0.0;
    even.back() = 1.0;
  }
  ConfusionCounts counts;
  if (evenly_spaced(even)) {
    Tensor bins = ops::ceil(ops::clip(predicted, 0.0, 1.0) * static_cast<double>(count - 1)) - 1.0;
    // Zeros are above a first threshold below 0.
    if (reaches_out) bins = ops::maximum(bins, 0.0);
    bins = ops::cast(bins, DType::kInt32);
    counts.true_positives = exceeding(positive, bins, count, options.multi_label);
    counts.false_positives = exceeding(negative, bins, count, options.multi_label);
    const Axes all = options.multi_label ? Axes(0) : Axes();
    counts.false_negatives = ops::sum(positive, {.axis = all}) - counts.true_positives;
    counts.true_negatives = ops::sum(negative, {.axis = all}) - counts.false_positives;
    return counts;
  }
  const Shape column = options.multi_label ? Shape{count, 1, 1} : Shape{count, 1};
  const Tensor thresholds = ops::reshape(constant(options.thresholds, dtype), column);
  const Tensor yes = ops::cast(ops::greater(ops::expand_dims(predicted, 0), thresholds), dtype);
  const Tensor no = 1.0 - yes;
  counts.true_positives = ops::sum(yes * positive, {.axis = 1});
  counts.false_positives = ops::sum(yes * negative, {.axis = 1});
  counts.true_negatives = ops::sum(no * negative, {.axis = 1});
  counts.false_negatives = ops::sum(no * positive, {.axis = 1});
  return counts;
}

namespace {

std::vector<double> checked_thresholds(const std::string& who, const std::vector<double>& given, double otherwise) {
  if (given.empty()) return {otherwise};
  for (const double threshold : given) {
    if (!(threshold >= 0.0 && threshold <= 1.0)) {
      throw InvalidArgument(who + ": expected thresholds in [0, 1]; got " + std::to_string(threshold));
    }
  }
  return given;
}

Config config_of(const std::vector<double>& thresholds) {
  if (thresholds.empty()) return {};
  return thresholds.size() == 1 ? Config(thresholds[0]) : Config(thresholds);
}

Config config_of(const std::optional<std::int64_t>& number) { return number ? Config(*number) : Config(); }

std::optional<std::int64_t> optional_int(const Config& config) {
  return config.is_null() ? std::nullopt : std::optional(config.as_int());
}

Tensor zeros_for(const std::vector<double>& thresholds, DType dtype) {
  return ops::zeros({static_cast<std::int64_t>(thresholds.size())}, dtype);
}

// A scalar for one threshold.
Tensor unpacked(const Tensor& values) { return values.shape().front() == 1 ? ops::reshape(values, Shape()) : values; }

using Part = Tensor ConfusionCounts::*;

class CountBody final : public Metric::Body {
 public:
  CountBody(const char* class_name, Part part, const ThresholdOptions& options)
      : Body(options.name.empty() ? snake_case(class_name) : options.name, options.dtype),
        class_name_(class_name),
        part_(part),
        given_(options.thresholds),
        thresholds_(checked_thresholds(class_name_, options.thresholds, 0.5)),
        accumulator_(add_variable("accumulator", zeros_for(thresholds_, dtype()))) {}
  std::string class_name() const override { return class_name_; }
  Config config() const override {
    Config config = Body::config();
    config.set("thresholds", config_of(given_));
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    const ConfusionCounts counts =
        count_confusions(y_true, y_pred, sample_weight, {.thresholds = thresholds_}, dtype());
    accumulator_.assign(accumulator_ + counts.*part_);
  }
  Tensor result() override { return unpacked(accumulator_); }

 private:
  std::string class_name_;
  Part part_;
  std::vector<double> given_;
  std::vector<double> thresholds_;
  Variable accumulator_;
};

// Precision and recall: the true positives as a part of them and others.
class PartBody final : public Metric::Body {
 public:
  PartBody(const char* class_name, const char* others_name, Part others, const PrecisionOptions& options)
      : Body(options.name.empty() ? snake_case(class_name) : options.name, options.dtype),
        class_name_(class_name),
        others_part_(others),
        options_(options),
        thresholds_(checked_thresholds(class_name_, options.thresholds, options.top_k ? kLowest : 0.5)),
        true_positives_(add_variable("true_positives", zeros_for(thresholds_, dtype()))),
        others_(add_variable(others_name, zeros_for(thresholds_, dtype()))) {}
  std::string class_name() const override { return class_name_; }
  Config config() const override {
    Config config = Body::config();
    config.set("thresholds", config_of(options_.thresholds));
    config.set("top_k", config_of(options_.top_k));
    config.set("class_id", config_of(options_.class_id));
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    const ConfusionCounts counts =
        count_confusions(y_true, y_pred, sample_weight,
                         {.thresholds = thresholds_, .top_k = options_.top_k, .class_id = options_.class_id}, dtype());
    true_positives_.assign(true_positives_ + counts.true_positives);
    others_.assign(others_ + counts.*others_part_);
  }
  Tensor result() override { return unpacked(part_of(true_positives_, others_)); }

 private:
  std::string class_name_;
  Part others_part_;
  PrecisionOptions options_;
  std::vector<double> thresholds_;
  Variable true_positives_;
  Variable others_;
};

struct Rates {
  Tensor sensitivity;
  Tensor specificity;
  Tensor precision;
};
using Rate = Tensor Rates::*;

class AtBody final : public Metric::Body {
 public:
  AtBody(const char* class_name, Rate wanted, const char* bound_name, Rate bounded, double bound,
         const AtOptions& options)
      : Body(options.name.empty() ? snake_case(class_name) : options.name, options.dtype),
        class_name_(class_name),
        bound_name_(bound_name),
        wanted_(wanted),
        bounded_(bounded),
        bound_(bound),
        options_(options) {
    if (!(bound >= 0.0 && bound <= 1.0)) {
      throw InvalidArgument(class_name_ + ": expected a " + bound_name_ + " in [0, 1]; got " + std::to_string(bound));
    }
    if (options.num_thresholds < 1) {
      throw InvalidArgument(class_name_ + ": expected a positive num_thresholds; got " +
                            std::to_string(options.num_thresholds));
    }
    if (options.num_thresholds == 1) {
      thresholds_ = {0.5};
    } else {
      thresholds_ = inner_thresholds(options.num_thresholds - 2);
      thresholds_.insert(thresholds_.begin(), 0.0);
      thresholds_.push_back(1.0);
    }
    const Tensor start = zeros_for(thresholds_, dtype());
    true_positives_ = add_variable("true_positives", start);
    false_positives_ = add_variable("false_positives", start);
    true_negatives_ = add_variable("true_negatives", start);
    false_negatives_ = add_variable("false_negatives", start);
  }
  std::string class_name() const override { return class_name_; }
  Config config() const override {
    Config config = Body::config();
    config.set("class_id", config_of(options_.class_id));
    config.set("num_thresholds", options_.num_thresholds);
    config.set(bound_name_, bound_);
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    const ConfusionCounts counts = count_confusions(
        y_true, y_pred, sample_weight, {.thresholds = thresholds_, .class_id = options_.class_id}, dtype());
    true_positives_.assign(true_positives_ + counts.true_positives);
    false_positives_.assign(false_positives_ + counts.false_positives);
    true_negatives_.assign(true_negatives_ + counts.true_negatives);
    false_negatives_.assign(false_negatives_ + counts.false_negatives);
  }
  Tensor result() override {
    const Rates rates{.sensitivity = part_of(true_positives_, false_negatives_),
                      .specificity = part_of(true_negatives_, false_positives_),
                      .precision = part_of(true_positives_, false_positives_)};
    return ops::max(ops::where(ops::greater_equal(rates.*bounded_, bound_), rates.*wanted_, 0.0));
  }

 private:
  std::string class_name_;
  std::string bound_name_;
  Rate wanted_;
  Rate bounded_;
  double bound_;
  AtOptions options_;
  std::vector<double> thresholds_;
  Variable true_positives_;
  Variable false_positives_;
  Variable true_negatives_;
  Variable false_negatives_;
};

}  // namespace

TruePositives::TruePositives(const ThresholdOptions& options)
    : Metric(std::make_shared<CountBody>("TruePositives", &ConfusionCounts::true_positives, options)) {}
FalsePositives::FalsePositives(const ThresholdOptions& options)
    : Metric(std::make_shared<CountBody>("FalsePositives", &ConfusionCounts::false_positives, options)) {}
TrueNegatives::TrueNegatives(const ThresholdOptions& options)
    : Metric(std::make_shared<CountBody>("TrueNegatives", &ConfusionCounts::true_negatives, options)) {}
FalseNegatives::FalseNegatives(const ThresholdOptions& options)
    : Metric(std::make_shared<CountBody>("FalseNegatives", &ConfusionCounts::false_negatives, options)) {}

Precision::Precision(const PrecisionOptions& options)
    : Metric(std::make_shared<PartBody>("Precision", "false_positives", &ConfusionCounts::false_positives, options)) {}
Recall::Recall(const RecallOptions& options)
    : Metric(std::make_shared<PartBody>("Recall", "false_negatives", &ConfusionCounts::false_negatives, options)) {}

SensitivityAtSpecificity::SensitivityAtSpecificity(double specificity, const AtOptions& options)
    : Metric(std::make_shared<AtBody>("SensitivityAtSpecificity", &Rates::sensitivity, "specificity",
                                      &Rates::specificity, specificity, options)) {}
SpecificityAtSensitivity::SpecificityAtSensitivity(double sensitivity, const AtOptions& options)
    : Metric(std::make_shared<AtBody>("SpecificityAtSensitivity", &Rates::specificity, "sensitivity",
                                      &Rates::sensitivity, sensitivity, options)) {}
PrecisionAtRecall::PrecisionAtRecall(double recall, const AtOptions& options)
    : Metric(std::make_shared<AtBody>("PrecisionAtRecall", &Rates::precision, "recall", &Rates::sensitivity, recall,
                                      options)) {}
RecallAtPrecision::RecallAtPrecision(double precision, const AtOptions& options)
    : Metric(std::make_shared<AtBody>("RecallAtPrecision", &Rates::sensitivity, "precision", &Rates::precision,
                                      precision, options)) {}

namespace {

template <typename M> bool register_count(const char* class_name) {
  return register_metric(class_name, [](const Config& config) -> Metric {
    const MetricOptions options = metric_options(config);
    return M({.thresholds = numbers_of(config.get("thresholds")), .name = options.name, .dtype = options.dtype});
  });
}

template <typename M> bool register_part(const char* class_name) {
  return register_metric(class_name, [](const Config& config) -> Metric {
    const MetricOptions options = metric_options(config);
    return M({.thresholds = numbers_of(config.get("thresholds")),
              .top_k = optional_int(config.get("top_k")),
              .class_id = optional_int(config.get("class_id")),
              .name = options.name,
              .dtype = options.dtype});
  });
}

AtOptions at_options(const Config& config) {
  const MetricOptions options = metric_options(config);
  return {.num_thresholds = config.get_int("num_thresholds", 200),
          .class_id = optional_int(config.get("class_id")),
          .name = options.name,
          .dtype = options.dtype};
}

const bool kTruePositives = register_count<TruePositives>("TruePositives");
const bool kFalsePositives = register_count<FalsePositives>("FalsePositives");
const bool kTrueNegatives = register_count<TrueNegatives>("TrueNegatives");
const bool kFalseNegatives = register_count<FalseNegatives>("FalseNegatives");
const bool kPrecision = register_part<Precision>("Precision");
const bool kRecall = register_part<Recall>("Recall");
const bool kSensitivityAtSpecificity = register_metric("SensitivityAtSpecificity", [](const Config& config) -> Metric {
  return SensitivityAtSpecificity(config.at("specificity").as_double(), at_options(config));
});
const bool kSpecificityAtSensitivity = register_metric("SpecificityAtSensitivity", [](const Config& config) -> Metric {
  return SpecificityAtSensitivity(config.at("sensitivity").as_double(), at_options(config));
});
const bool kPrecisionAtRecall = register_metric("PrecisionAtRecall", [](const Config& config) -> Metric {
  return PrecisionAtRecall(config.at("recall").as_double(), at_options(config));
});
const bool kRecallAtPrecision = register_metric("RecallAtPrecision", [](const Config& config) -> Metric {
  return RecallAtPrecision(config.at("precision").as_double(), at_options(config));
});

}  // namespace

}  // namespace cornu::metrics
