#include "models/training/metrics/auc.h"

#include <algorithm>
#include <cctype>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "framework/ops/slice.h"
#include "framework/ops/where.h"
#include "models/training/losses/epsilon.h"

namespace cornu::metrics {
namespace {

struct Curve {
  Tensor x;
  Tensor y;
};

// All but the last threshold, and all but the first.
Tensor lower(const Tensor& x) { return ops::slice_axis(x, 0, 0, x.shape().front() - 1); }
Tensor upper(const Tensor& x) { return ops::slice_axis(x, 0, 1, x.shape().front()); }

Tensor roc_or_pr_increments(const Curve& curve, const std::string& method) {
  const Tensor first = lower(curve.y);
  const Tensor second = upper(curve.y);
  const Tensor height = method == "interpolation" ? (first + second) / 2.0
                        : method == "minoring"    ? ops::minimum(first, second)
                                                  : ops::maximum(first, second);
  return (lower(curve.x) - upper(curve.x)) * height;
}

class AUCBody final : public Metric::Body {
 public:
  explicit AUCBody(const AUCOptions& options)
      : Body(options.name.empty() ? "auc" : options.name, options.dtype), options_(options) {
    // Keras reads "roc" and "ROC", "interpolation" and "Interpolation".
    std::transform(options_.curve.begin(), options_.curve.end(), options_.curve.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::transform(options_.summation_method.begin(), options_.summation_method.end(),
                   options_.summation_method.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (options_.curve != "ROC" && options_.curve != "PR" && options_.curve != "PRGAIN") {
      throw InvalidArgument("AUC: expected a curve of \"ROC\", \"PR\" or \"PRGAIN\"; got \"" + options.curve + "\"");
    }
    const std::string& method = options_.summation_method;
    if (method != "interpolation" && method != "minoring" && method != "majoring") {
      throw InvalidArgument(
          "AUC: expected a summation_method of \"interpolation\", \"minoring\" or \"majoring\"; got \"" +
          options.summation_method + "\"");
    }
    if (options_.thresholds.empty() && options_.num_thresholds < 2) {
      throw InvalidArgument("AUC: expected num_thresholds of at least 2; got " +
                            std::to_string(options_.num_thresholds));
    }
    if (options_.num_labels && !options_.multi_label) {
      throw InvalidArgument("AUC: num_labels is for multi_label alone; set multi_label = true or leave it out");
    }
    std::sort(options_.thresholds.begin(), options_.thresholds.end());
    thresholds_ = options_.thresholds.empty() ? inner_thresholds(options_.num_thresholds - 2) : options_.thresholds;
    // A little outside, so that probabilities of exactly 0 and 1 fall between.
    thresholds_.insert(thresholds_.begin(), -losses::kEpsilon);
    thresholds_.push_back(1.0 + losses::kEpsilon);
    options_.num_thresholds = static_cast<std::int64_t>(thresholds_.size());
    if (!options_.label_weights.empty()) {
      label_weights_ = ops::cast(
          Tensor::copy<double>(options_.label_weights, {static_cast<std::int64_t>(options_.label_weights.size())}),
          dtype());
    }
    if (!options_.multi_label) {
      build({options_.num_thresholds});
    } else if (options_.num_labels) {
      build({options_.num_thresholds, *options_.num_labels});
    }
  }

  std::string class_name() const override { return "AUC"; }
  Config config() const override {
    Config config = Body::config();
    config.set("num_thresholds", options_.num_thresholds);
    config.set("curve", options_.curve);
    config.set("summation_method", options_.summation_method);
    config.set("multi_label", options_.multi_label);
    config.set("num_labels", options_.num_labels ? Config(*options_.num_labels) : Config());
    config.set("label_weights", options_.label_weights.empty() ? Config() : Config(options_.label_weights));
    config.set("from_logits", options_.from_logits);
    if (!options_.thresholds.empty()) config.set("thresholds", options_.thresholds);
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    const Tensor predicted = options_.from_logits ? ops::sigmoid(y_pred) : y_pred;
    const ConfusionCounts counts = count_confusions(y_true, predicted, sample_weight,
                                                    {.thresholds = thresholds_,
                                                     .multi_label = options_.multi_label,
                                                     .label_weights = options_.multi_label ? Tensor() : label_weights_},
                                                    dtype());
    if (!true_positives_.defined()) build(counts.true_positives.shape());
    true_positives_.assign(true_positives_ + counts.true_positives);
    true_negatives_.assign(true_negatives_ + counts.true_negatives);
    false_positives_.assign(false_positives_ + counts.false_positives);
    false_negatives_.assign(false_negatives_ + counts.false_negatives);
  }

  Tensor result() override {
    if (!true_positives_.defined()) return ops::zeros({}, dtype());
    const bool interpolates_pr = options_.curve == "PR" && options_.summation_method == "interpolation";
    const Tensor increments =
        interpolates_pr ? interpolated_pr_increments() : roc_or_pr_increments(curve(), options_.summation_method);
    if (!options_.multi_label) return ops::sum(increments);
    const Tensor by_label = ops::sum(increments, {.axis = 0});
    if (!label_weights_.defined()) return ops::mean(by_label);
    return ops::divide_no_nan(ops::sum(by_label * label_weights_), ops::sum(label_weights_));
  }

 private:
  // With many labels the shape is known with the first batch. Variables are made outside of a graph being traced.
  void build(const Shape& shape) {
    const GraphScope eager(nullptr);
    const Tensor start = ops::zeros(shape, dtype());
    true_positives_ = add_variable("true_positives", start);
    false_positives_ = add_variable("false_positives", start);
    true_negatives_ = add_variable("true_negatives", start);
    false_negatives_ = add_variable("false_negatives", start);
  }

  Curve curve() const {
    const Tensor recall = part_of(true_positives_, false_negatives_);
    if (options_.curve == "ROC") return {.x = part_of(false_positives_, true_negatives_), .y = recall};
    if (options_.curve == "PR") return {.x = recall, .y = part_of(true_positives_, false_positives_)};
    // Flach and Kull (2015): gains over a classifier that always says yes. Without true positives recall gains nothing
    // and precision everything; recall below that classifier's counts as no gain.
    const Tensor found = true_positives_;
    const Tensor scale = ops::divide_no_nan(found + false_negatives_, true_negatives_ + false_positives_);
    const Tensor none = ops::equal(found, 0.0);
    const Tensor recall_gain = ops::where(none, 0.0, 1.0 - scale * ops::divide_no_nan(false_negatives_, found));
    const Tensor precision_gain = ops::where(none, 1.0, 1.0 - scale * ops::divide_no_nan(false_positives_, found));
    return {.x = ops::maximum(recall_gain, 0.0), .y = precision_gain};
  }

  // Davis and Goadrich (2006): between thresholds true positives grow linearly with all positives, so precision is
  // intercept / positives + slope, integrated over recall.
  Tensor interpolated_pr_increments() const {
    const Tensor found = true_positives_;
    const Tensor positives = found + false_positives_;
    const Tensor added = lower(found) - upper(found);
    const Tensor slope = ops::divide_no_nan(added, ops::maximum(lower(positives) - upper(positives), 0.0));
    const Tensor intercept = upper(found) - slope * upper(positives);
    const Tensor both = ops::logical_and(lower(positives) > 0.0, upper(positives) > 0.0);
    const Tensor ratio =
        ops::where(both, ops::divide_no_nan(lower(positives), ops::maximum(upper(positives), 0.0)), 1.0);
    return ops::divide_no_nan(slope * (added + intercept * ops::log(ratio)),
                              ops::maximum(upper(found) + upper(false_negatives_), 0.0));
  }

  AUCOptions options_;
  std::vector<double> thresholds_;
  Tensor label_weights_;
  Variable true_positives_;
  Variable false_positives_;
  Variable true_negatives_;
  Variable false_negatives_;
};

}  // namespace

AUC::AUC(const AUCOptions& options) : Metric(std::make_shared<AUCBody>(options)) {}

namespace {

const bool kAUC = register_metric(
    "AUC",
    [](const Config& config) -> Metric {
      const MetricOptions options = metric_options(config);
      const Config& num_labels = config.get("num_labels");
      return AUC({.num_thresholds = config.get_int("num_thresholds", 200),
                  .curve = config.get_string("curve", "ROC"),
                  .summation_method = config.get_string("summation_method", "interpolation"),
                  .name = options.name,
                  .dtype = options.dtype,
                  .thresholds = numbers_of(config.get("thresholds")),
                  .multi_label = config.get_bool("multi_label", false),
                  .num_labels = num_labels.is_null() ? std::nullopt : std::optional(num_labels.as_int()),
                  .label_weights = numbers_of(config.get("label_weights")),
                  .from_logits = config.get_bool("from_logits", false)});
    },
    {"auc"});

}  // namespace

}  // namespace cornu::metrics
