#include "models/training/metrics/f_score.h"

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "models/training/losses/epsilon.h"

namespace cornu::metrics {
namespace {

class FBetaScoreBody final : public Metric::Body {
 public:
  FBetaScoreBody(const char* class_name, const char* usual_name, const FBetaScoreOptions& options)
      : Body(options.name.empty() ? usual_name : options.name, options.dtype),
        class_name_(class_name),
        options_(options) {
    const std::string& average = options_.average;
    if (average != "none" && average != "micro" && average != "macro" && average != "weighted") {
      throw InvalidArgument(class_name_ +
                            ": expected an average of \"micro\", \"macro\", \"weighted\" or \"none\"; got \"" +
                            average + "\"");
    }
    if (!(options_.beta > 0.0)) {
      throw InvalidArgument(class_name_ + ": expected a positive beta; got " + std::to_string(options_.beta));
    }
    if (options_.threshold && !(*options_.threshold > 0.0 && *options_.threshold <= 1.0)) {
      throw InvalidArgument(class_name_ + ": expected a threshold in (0, 1]; got " +
                            std::to_string(*options_.threshold));
    }
  }
  std::string class_name() const override { return class_name_; }
  Config config() const override {
    Config config = Body::config();
    config.set("average", options_.average == "none" ? Config() : Config(options_.average));
    if (class_name_ == "FBetaScore") config.set("beta", options_.beta);
    config.set("threshold", options_.threshold ? Config(*options_.threshold) : Config());
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    const Tensor target = ops::cast(y_true, dtype());
    Tensor predicted = ops::cast(y_pred, dtype());
    build(target, predicted);
    Tensor yes;
    if (options_.threshold) {
      yes = ops::greater(predicted, *options_.threshold);
    } else {
      const Tensor greatest = ops::max(predicted, {.axis = -1, .keepdims = true});
      // A row of zeros says no to all.
      yes = ops::logical_and(ops::greater_equal(predicted, greatest), ops::greater(ops::absolute(predicted), 1e-9));
    }
    predicted = ops::cast(yes, dtype());
    Tensor weight;
    if (sample_weight.defined()) {
      weight = ops::cast(sample_weight, dtype());
      if (weight.rank() == 1) weight = ops::expand_dims(weight, 1);
    }
    const auto add = [&](const Variable& variable, const Tensor& counted) {
      const Axes over = options_.average == "micro" ? Axes() : Axes(0);
      variable.assign(variable + ops::sum(weight.defined() ? counted * weight : counted, {.axis = over}));
    };
    add(true_positives_, predicted * target);
    add(false_positives_, predicted * (1.0 - target));
    add(false_negatives_, (1.0 - predicted) * target);
    add(intermediate_weights_, target);
  }

  Tensor result() override {
    if (!true_positives_.defined()) return ops::zeros({}, dtype());
    const Tensor precision = true_positives_ / (true_positives_ + false_positives_ + losses::kEpsilon);
    const Tensor recall = true_positives_ / (true_positives_ + false_negatives_ + losses::kEpsilon);
    const double square = options_.beta * options_.beta;
    const Tensor score = precision * recall / (square * precision + recall + losses::kEpsilon) * (1.0 + square);
    if (options_.average == "none") return score;
    if (options_.average != "weighted") return ops::mean(score);
    return ops::sum(score * (intermediate_weights_ / (ops::sum(intermediate_weights_) + losses::kEpsilon)));
  }

 private:
  // The number of classes is known with the first batch. Variables are made outside of a graph being traced.
  void build(const Tensor& target, const Tensor& predicted) {
    if (target.rank() != 2 || predicted.rank() != 2) {
      throw ShapeError(class_name_ + ": expected targets and predictions of shape (batch, classes); got " +
                       target.shape().to_string() + " and " + predicted.shape().to_string());
    }
    if (true_positives_.defined()) return;
    const GraphScope eager(nullptr);
    const Tensor start = ops::zeros(options_.average == "micro" ? Shape{} : Shape{predicted.shape().back()}, dtype());
    true_positives_ = add_variable("true_positives", start);
    false_positives_ = add_variable("false_positives", start);
    false_negatives_ = add_variable("false_negatives", start);
    intermediate_weights_ = add_variable("intermediate_weights", start);
  }

  std::string class_name_;
  FBetaScoreOptions options_;
  Variable true_positives_;
  Variable false_positives_;
  Variable false_negatives_;
  Variable intermediate_weights_;
};

}  // namespace

FBetaScore::FBetaScore(const FBetaScoreOptions& options)
    : Metric(std::make_shared<FBetaScoreBody>("FBetaScore", "fbeta_score", options)) {}
F1Score::F1Score(const F1ScoreOptions& options)
    : Metric(std::make_shared<FBetaScoreBody>("F1Score", "f1_score",
                                              FBetaScoreOptions{.average = options.average,
                                                                .threshold = options.threshold,
                                                                .name = options.name,
                                                                .dtype = options.dtype})) {}

namespace {

std::optional<double> threshold_of(const Config& config) {
  const Config& threshold = config.get("threshold");
  return threshold.is_null() ? std::nullopt : std::optional(threshold.as_double());
}

const bool kFBetaScore = register_metric("FBetaScore", [](const Config& config) -> Metric {
  const MetricOptions options = metric_options(config);
  return FBetaScore({.average = config.get_string("average", "none"),
                     .beta = config.get_double("beta", 1.0),
                     .threshold = threshold_of(config),
                     .name = options.name,
                     .dtype = options.dtype});
});
const bool kF1Score = register_metric("F1Score", [](const Config& config) -> Metric {
  const MetricOptions options = metric_options(config);
  return F1Score({.average = config.get_string("average", "none"),
                  .threshold = threshold_of(config),
                  .name = options.name,
                  .dtype = options.dtype});
});

}  // namespace

}  // namespace cornu::metrics
