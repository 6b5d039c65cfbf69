#include "models/training/metrics/mean.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/shape_of.h"
#include "framework/snake_case.h"
#include "models/training/losses/loss.h"

namespace cornu::metrics {
namespace {

std::vector<std::int64_t> axes_from(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = first; axis < end; ++axis) axes.push_back(axis);
  return axes;
}

class MeanBody : public Metric::Body {
 public:
  explicit MeanBody(const MetricOptions& options)
      : Body(options.name.empty() ? "mean" : options.name, options.dtype),
        total_(add_variable("total", ops::zeros({}, dtype()))),
        count_(add_variable("count", ops::zeros({}, dtype()))) {}
  std::string class_name() const override { return "Mean"; }
  void update_state(const Tensor&, const Tensor& values, const Tensor& sample_weight) override {
    const SamplewiseValues samples = reduce_to_samplewise_values(values, sample_weight, true, dtype());
    total_.assign(total_ + ops::sum(samples.values));
    if (samples.weight.defined()) {
      count_.assign(count_ + ops::sum(samples.weight));
    } else if (samples.values.rank() > 0) {
      count_.assign(count_ + ops::cast(ops::count_along(samples.values, 0), dtype()));
    } else {
      count_.assign(count_ + 1.0);
    }
  }
  Tensor result() override { return ops::divide_no_nan(total_, count_); }

 private:
  Variable total_;
  Variable count_;
};

class SumBody final : public Metric::Body {
 public:
  explicit SumBody(const MetricOptions& options)
      : Body(options.name.empty() ? "sum" : options.name, options.dtype),
        total_(add_variable("total", ops::zeros({}, dtype()))) {}
  std::string class_name() const override { return "Sum"; }
  void update_state(const Tensor&, const Tensor& values, const Tensor& sample_weight) override {
    total_.assign(total_ + ops::sum(reduce_to_samplewise_values(values, sample_weight, false, dtype()).values));
  }
  Tensor result() override { return total_; }

 private:
  Variable total_;
};

class MeanOfFunctionBody final : public MeanBody {
 public:
  explicit MeanOfFunctionBody(MeanOfFunction metric)
      : MeanBody({.name = metric.name.empty() ? snake_case(metric.class_name) : metric.name, .dtype = metric.dtype}),
        metric_(std::move(metric)) {}
  std::string class_name() const override { return metric_.class_name; }
  Config config() const override {
    Config config = Body::config();
    for (const auto& [key, value] : metric_.arguments.as_dict()) config.set(key, value);
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    MeanBody::update_state({}, metric_.function(y_true, y_pred),
                           merge_mask(sample_weight, y_pred.mask(), dtype(), false));
  }

 private:
  MeanOfFunction metric_;
};

}  // namespace

MetricOptions metric_options(const Config& config) {
  MetricOptions options;
  options.name = config.get_string("name", "");
  const Config& dtype = config.get("dtype");
  if (dtype.is_string()) options.dtype = dtype_of(dtype.as_string());
  return options;
}

SamplewiseValues reduce_to_samplewise_values(const Tensor& values, const Tensor& sample_weight, bool averages,
                                             DType dtype) {
  const auto reduce = [averages](const Tensor& x, std::int64_t first) {
    if (x.rank() <= first) return x;
    const ReduceOptions options{.axis = axes_from(first, x.rank())};
    return averages ? ops::mean(x, options) : ops::sum(x, options);
  };
  SamplewiseValues result{.values = ops::cast(values, dtype), .weight = {}};
  if (sample_weight.defined()) {
    result.weight = merge_mask(sample_weight, values.mask(), dtype, false);
    squeeze_or_expand_to_same_rank(result.values, result.weight);
    const std::int64_t weight_rank = result.weight.rank();
    result.values = reduce(result.values, weight_rank);
    result.weight = ops::broadcast_like(result.weight, result.values);
    result.values = result.values * result.weight;
    if (weight_rank > 1) result.weight = reduce(result.weight, 1);
  }
  result.values = reduce(result.values, 1);
  return result;
}

Metric mean_of_function(MeanOfFunction metric) {
  return Metric(std::make_shared<MeanOfFunctionBody>(std::move(metric)));
}

Mean::Mean(const MetricOptions& options) : Metric(std::make_shared<MeanBody>(options)) {}
Sum::Sum(const MetricOptions& options) : Metric(std::make_shared<SumBody>(options)) {}
MeanMetricWrapper::MeanMetricWrapper(Function function, const MetricOptions& options)
    : Metric(mean_of_function({.class_name = "MeanMetricWrapper",
                               .name = options.name,
                               .dtype = options.dtype,
                               .function = std::move(function)})) {}

namespace {

const bool kMean = register_metric("Mean", [](const Config& config) -> Metric { return Mean(metric_options(config)); });
const bool kSum = register_metric("Sum", [](const Config& config) -> Metric { return Sum(metric_options(config)); });

}  // namespace

}  // namespace cornu::metrics
