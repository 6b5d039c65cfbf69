#include "models/training/metrics/loss_metrics.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "models/training/losses/crossentropy.h"
#include "models/training/losses/divergence.h"
#include "models/training/losses/hinge.h"
#include "models/training/losses/mean_squared_error.h"
#include "models/training/losses/regression.h"

namespace cornu::metrics {
namespace {

using Function = Tensor (*)(const Tensor& y_true, const Tensor& y_pred);

// Integers are counted in float32; floating predictions keep their dtype, and their origin with it.
Tensor floating(const Tensor& y_pred) {
  return is_floating(y_pred.dtype()) ? y_pred : ops::cast(y_pred, DType::kFloat32);
}

// The function with targets of the predictions' dtype, and both of one rank, as Keras' functions begin.
MeanMetricWrapper::Function aligned(MeanMetricWrapper::Function function) {
  return [function = std::move(function)](const Tensor& y_true, const Tensor& y_pred) {
    Tensor predicted = floating(y_pred);
    Tensor target = ops::cast(y_true, predicted.dtype());
    squeeze_or_expand_to_same_rank(target, predicted);
    return function(target, predicted);
  };
}

Metric made(const char* class_name, const MetricOptions& options, Function function) {
  return mean_of_function(
      {.class_name = class_name, .name = options.name, .dtype = options.dtype, .function = aligned(function)});
}

class RootMeanSquaredErrorBody final : public Metric::Body {
 public:
  explicit RootMeanSquaredErrorBody(const MetricOptions& options)
      : Body(options.name.empty() ? "root_mean_squared_error" : options.name, options.dtype),
        total_(add_variable("total", ops::zeros({}, dtype()))),
        count_(add_variable("count", ops::zeros({}, dtype()))) {}
  std::string class_name() const override { return "RootMeanSquaredError"; }
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    Tensor target = ops::cast(y_true, dtype());
    Tensor predicted = ops::cast(y_pred, dtype());
    squeeze_or_expand_to_same_rank(target, predicted);
    add_to_mean(total_, count_, ops::square(predicted - target), sample_weight);
  }
  Tensor result() override { return ops::sqrt(ops::divide_no_nan(total_, count_)); }

 private:
  Variable total_;
  Variable count_;
};

}  // namespace

MeanSquaredError::MeanSquaredError(const MetricOptions& options)
    : Metric(made("MeanSquaredError", options, losses::mean_squared_error)) {}
MeanAbsoluteError::MeanAbsoluteError(const MetricOptions& options)
    : Metric(made("MeanAbsoluteError", options, losses::mean_absolute_error)) {}
MeanAbsolutePercentageError::MeanAbsolutePercentageError(const MetricOptions& options)
    : Metric(made("MeanAbsolutePercentageError", options, losses::mean_absolute_percentage_error)) {}
MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(const MetricOptions& options)
    : Metric(made("MeanSquaredLogarithmicError", options, losses::mean_squared_logarithmic_error)) {}
Hinge::Hinge(const MetricOptions& options) : Metric(made("Hinge", options, losses::hinge)) {}
SquaredHinge::SquaredHinge(const MetricOptions& options)
    : Metric(made("SquaredHinge", options, losses::squared_hinge)) {}
CategoricalHinge::CategoricalHinge(const MetricOptions& options)
    : Metric(made("CategoricalHinge", options, losses::categorical_hinge)) {}
KLDivergence::KLDivergence(const MetricOptions& options)
    : Metric(made("KLDivergence", options, losses::kl_divergence)) {}
Poisson::Poisson(const MetricOptions& options) : Metric(made("Poisson", options, losses::poisson)) {}
LogCoshError::LogCoshError(const MetricOptions& options)
    : Metric(made("LogCoshError", {.name = options.name.empty() ? "logcosh" : options.name, .dtype = options.dtype},
                  losses::log_cosh)) {}
RootMeanSquaredError::RootMeanSquaredError(const MetricOptions& options)
    : Metric(std::make_shared<RootMeanSquaredErrorBody>(options)) {}

namespace {

// Keras forgets the axis when it saves; it understands the entry all the same.
Config axis_unless_last(std::int64_t axis) { return axis == -1 ? Config::dict() : Config::dict({{"axis", axis}}); }

}  // namespace

CosineSimilarity::CosineSimilarity(const AxisMetricOptions& options)
    : Metric(mean_of_function({.class_name = "CosineSimilarity",
                               .name = options.name,
                               .dtype = options.dtype,
                               .arguments = axis_unless_last(options.axis),
                               .function = aligned([axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
                                 return -losses::cosine_similarity(y_true, y_pred, axis);
                               })})) {}

BinaryCrossentropy::BinaryCrossentropy(const BinaryCrossentropyOptions& options)
    : Metric(mean_of_function(
          {.class_name = "BinaryCrossentropy",
           .name = options.name,
           .dtype = options.dtype,
           .arguments =
               Config::dict({{"from_logits", options.from_logits}, {"label_smoothing", options.label_smoothing}}),
           .function = aligned([options](const Tensor& y_true, const Tensor& y_pred) {
             return losses::binary_crossentropy(y_true, y_pred, options.from_logits, options.label_smoothing);
           })})) {}

CategoricalCrossentropy::CategoricalCrossentropy(const CategoricalCrossentropyOptions& options)
    : Metric(mean_of_function({.class_name = "CategoricalCrossentropy",
                               .name = options.name,
                               .dtype = options.dtype,
                               .arguments = Config::dict({{"from_logits", options.from_logits},
                                                          {"label_smoothing", options.label_smoothing},
                                                          {"axis", options.axis}}),
                               .function = aligned([options](const Tensor& y_true, const Tensor& y_pred) {
                                 return losses::categorical_crossentropy(y_true, y_pred, options.from_logits,
                                                                         options.label_smoothing, options.axis);
                               })})) {}

SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(const SparseCategoricalCrossentropyOptions& options)
    : Metric(mean_of_function(
          {.class_name = "SparseCategoricalCrossentropy",
           .name = options.name,
           .dtype = options.dtype,
           .arguments = Config::dict({{"from_logits", options.from_logits},
                                      {"ignore_class", options.ignore_class ? Config(*options.ignore_class) : Config()},
                                      {"axis", options.axis}}),
           .function = [options](const Tensor& y_true, const Tensor& y_pred) {
             return losses::sparse_categorical_crossentropy(y_true, floating(y_pred), options.from_logits,
                                                            options.ignore_class, options.axis);
           }})) {}

namespace {

const bool kMeanSquaredError = register_plain_metric<MeanSquaredError>("MeanSquaredError", {"mse", "MSE"});
const bool kMeanAbsoluteError = register_plain_metric<MeanAbsoluteError>("MeanAbsoluteError", {"mae", "MAE"});
const bool kMeanAbsolutePercentageError =
    register_plain_metric<MeanAbsolutePercentageError>("MeanAbsolutePercentageError", {"mape", "MAPE"});
const bool kMeanSquaredLogarithmicError =
    register_plain_metric<MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError", {"msle", "MSLE"});
const bool kHinge = register_plain_metric<Hinge>("Hinge");
const bool kSquaredHinge = register_plain_metric<SquaredHinge>("SquaredHinge");
const bool kCategoricalHinge = register_plain_metric<CategoricalHinge>("CategoricalHinge");
const bool kKLDivergence = register_plain_metric<KLDivergence>("KLDivergence", {"kld", "KLD"});
const bool kPoisson = register_plain_metric<Poisson>("Poisson");
const bool kLogCoshError = register_plain_metric<LogCoshError>("LogCoshError", {"logcosh"});
const bool kRootMeanSquaredError =
    register_plain_metric<RootMeanSquaredError>("RootMeanSquaredError", {"rmse", "RMSE"});
const bool kCosineSimilarity = register_metric("CosineSimilarity", [](const Config& config) -> Metric {
  const MetricOptions options = metric_options(config);
  return CosineSimilarity({.name = options.name, .dtype = options.dtype, .axis = config.get_int("axis", -1)});
});
const bool kBinaryCrossentropy =
    register_metric("BinaryCrossentropy",
                    [](const Config& config) -> Metric {
                      const MetricOptions options = metric_options(config);
                      return BinaryCrossentropy({.name = options.name,
                                                 .dtype = options.dtype,
                                                 .from_logits = config.get_bool("from_logits", false),
                                                 .label_smoothing = config.get_double("label_smoothing", 0.0)});
                    },
                    {"bce", "BCE"});
const bool kCategoricalCrossentropy = register_metric("CategoricalCrossentropy", [](const Config& config) -> Metric {
  const MetricOptions options = metric_options(config);
  return CategoricalCrossentropy({.name = options.name,
                                  .dtype = options.dtype,
                                  .from_logits = config.get_bool("from_logits", false),
                                  .label_smoothing = config.get_double("label_smoothing", 0.0),
                                  .axis = config.get_int("axis", -1)});
});
const bool kSparseCategoricalCrossentropy =
    register_metric("SparseCategoricalCrossentropy", [](const Config& config) -> Metric {
      const MetricOptions options = metric_options(config);
      const Config& ignore_class = config.get("ignore_class");
      return SparseCategoricalCrossentropy(
          {.name = options.name,
           .dtype = options.dtype,
           .from_logits = config.get_bool("from_logits", false),
           .ignore_class = ignore_class.is_null() ? std::nullopt : std::optional(ignore_class.as_int()),
           .axis = config.get_int("axis", -1)});
    });

}  // namespace

}  // namespace cornu::metrics
