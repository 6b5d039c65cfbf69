#include "models/training/metrics/correlation.h"

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/shape_of.h"
#include "framework/ops/where.h"
#include "models/training/losses/epsilon.h"
#include "models/training/losses/loss.h"

namespace cornu::metrics {
namespace {

using Function = Tensor (*)(const Tensor& y_true, const Tensor& y_pred, std::int64_t axis);

Tensor pearson(const Tensor& y_true, const Tensor& y_pred, std::int64_t axis) {
  const auto standardized = [axis](const Tensor& x) {
    const Tensor centred = x - ops::mean(x, {.axis = axis, .keepdims = true});
    return centred / ops::std(centred, {.axis = axis, .keepdims = true});
  };
  return ops::mean(standardized(y_true) * standardized(y_pred), {.axis = axis});
}

Tensor concordance(const Tensor& y_true, const Tensor& y_pred, std::int64_t axis) {
  const ReduceOptions along{.axis = axis, .keepdims = true};
  const Tensor mean_true = ops::mean(y_true, along);
  const Tensor mean_pred = ops::mean(y_pred, along);
  // Keras takes the prediction's mean from both: their product has the mean of the covariance all the same.
  const Tensor product = (y_true - mean_pred) * (y_pred - mean_pred);
  const Tensor norm =
      ops::var(y_true - mean_true, along) + ops::var(y_pred - mean_pred, along) + ops::square(mean_true - mean_pred);
  return ops::mean(2.0 * product / (norm + losses::kEpsilon), {.axis = axis});
}

Metric made(const char* class_name, const AxisMetricOptions& options, Function function) {
  return mean_of_function({.class_name = class_name,
                           .name = options.name,
                           .dtype = options.dtype,
                           .arguments = Config::dict({{"axis", options.axis}}),
                           .function = [function, axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
                             Tensor predicted =
                                 is_floating(y_pred.dtype()) ? y_pred : ops::cast(y_pred, DType::kFloat32);
                             Tensor target = ops::cast(y_true, predicted.dtype());
                             squeeze_or_expand_to_same_rank(target, predicted);
                             return function(target, predicted, axis);
                           }});
}

class R2ScoreBody final : public Metric::Body {
 public:
  explicit R2ScoreBody(const R2ScoreOptions& options)
      : Body(options.name.empty() ? "r2_score" : options.name, options.dtype),
        options_(options),
        num_samples_(add_variable("num_samples", ops::zeros({}, dtype()))) {
    const std::string& aggregation = options_.class_aggregation;
    if (aggregation != "uniform_average" && aggregation != "variance_weighted_average" && aggregation != "none") {
      throw InvalidArgument(
          "R2Score: expected a class_aggregation of \"uniform_average\", \"variance_weighted_average\" or \"none\"; "
          "got "
          "\"" +
          aggregation + "\"");
    }
    if (options_.num_regressors < 0) {
      throw InvalidArgument("R2Score: expected num_regressors of at least 0; got " +
                            std::to_string(options_.num_regressors));
    }
  }
  std::string class_name() const override { return "R2Score"; }
  Config config() const override {
    Config config = Body::config();
    const bool none = options_.class_aggregation == "none";
    config.set("class_aggregation", none ? Config() : Config(options_.class_aggregation));
    config.set("num_regressors", options_.num_regressors);
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    Tensor target = ops::cast(y_true, dtype());
    Tensor predicted = ops::cast(y_pred, dtype());
    squeeze_or_expand_to_same_rank(target, predicted);
    if (target.rank() == 1 && predicted.rank() == 1) {
      target = ops::expand_dims(target, 1);
      predicted = ops::expand_dims(predicted, 1);
    }
    build(target, predicted);
    Tensor weight = sample_weight.defined() ? ops::cast(sample_weight, dtype()) : ops::ones({}, dtype());
    if (weight.rank() == 1) weight = ops::expand_dims(weight, 1);
    weight = ops::broadcast_like(weight, target);
    const Tensor weighted = target * weight;
    sum_.assign(sum_ + ops::sum(weighted, {.axis = 0}));
    squared_sum_.assign(squared_sum_ + ops::sum(target * weighted, {.axis = 0}));
    residual_.assign(residual_ + ops::sum(ops::square(target - predicted) * weight, {.axis = 0}));
    count_.assign(count_ + ops::sum(weight, {.axis = 0}));
    num_samples_.assign(num_samples_ + ops::cast(ops::count_along(target, {}), dtype()));
  }

  Tensor result() override {
    if (!sum_.defined()) return ops::zeros({}, dtype());
    const Tensor total = squared_sum_ - sum_ * (sum_ / count_);
    Tensor scores = 1.0 - residual_ / total;
    scores = ops::where(ops::isinf(scores), 0.0, scores);
    if (options_.class_aggregation == "uniform_average") scores = ops::mean(scores);
    if (options_.class_aggregation == "variance_weighted_average") scores = ops::sum(total * scores) / ops::sum(total);
    if (options_.num_regressors == 0) return scores;
    const Tensor degrees = num_samples_ - static_cast<double>(options_.num_regressors) - 1.0;
    const Tensor adjusted = 1.0 - (1.0 - scores) * (num_samples_ - 1.0) / degrees;
    return ops::where(degrees > 0.0, adjusted, scores);
  }

 private:
  // The number of outputs is known with the first batch. Variables are made outside of a graph that is being traced.
  void build(const Tensor& target, const Tensor& predicted) {
    if (target.rank() != 2 || predicted.rank() != 2 || target.shape().back() != predicted.shape().back()) {
      throw ShapeError("R2Score: expected targets and predictions of one shape (batch, outputs); got " +
                       target.shape().to_string() + " and " + predicted.shape().to_string());
    }
    if (sum_.defined()) return;
    const GraphScope eager(nullptr);
    const Tensor start = ops::zeros({target.shape().back()}, dtype());
    squared_sum_ = add_variable("squared_sum", start);
    sum_ = add_variable("sum", start);
    residual_ = add_variable("residual", start);
    count_ = add_variable("count", start);
  }

  R2ScoreOptions options_;
  Variable num_samples_;
  Variable squared_sum_;
  Variable sum_;
  Variable residual_;
  Variable count_;
};

AxisMetricOptions axis_options(const Config& config) {
  const MetricOptions options = metric_options(config);
  return {.name = options.name, .dtype = options.dtype, .axis = config.get_int("axis", -1)};
}

}  // namespace

PearsonCorrelation::PearsonCorrelation(const AxisMetricOptions& options)
    : Metric(made("PearsonCorrelation", options, pearson)) {}
ConcordanceCorrelation::ConcordanceCorrelation(const AxisMetricOptions& options)
    : Metric(made("ConcordanceCorrelation", options, concordance)) {}
R2Score::R2Score(const R2ScoreOptions& options) : Metric(std::make_shared<R2ScoreBody>(options)) {}

namespace {

const bool kPearsonCorrelation = register_metric(
    "PearsonCorrelation", [](const Config& config) -> Metric { return PearsonCorrelation(axis_options(config)); });
const bool kConcordanceCorrelation = register_metric("ConcordanceCorrelation", [](const Config& config) -> Metric {
  return ConcordanceCorrelation(axis_options(config));
});
const bool kR2Score = register_metric(
    "R2Score",
    [](const Config& config) -> Metric {
      const MetricOptions options = metric_options(config);
      const bool given = config.contains("class_aggregation");
      return R2Score({.class_aggregation = config.get_string("class_aggregation", given ? "none" : "uniform_average"),
                      .num_regressors = config.get_int("num_regressors", 0),
                      .name = options.name,
                      .dtype = options.dtype});
    },
    {"r2_score"});

}  // namespace

}  // namespace cornu::metrics
