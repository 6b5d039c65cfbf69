#pragma once

#include "models/training/metrics/metric.h"

namespace cornu::metrics {

/// Options that all metrics have, after their own.
struct MetricOptions {
  std::string name = {};          ///< Keras' name of the metric if empty
  DType dtype = DType::kFloat32;  ///< of the state and the result
};

/// The options that all metrics have, from a configuration.
MetricOptions metric_options(const Config& config);

/// The weighted mean of values.
///
/// **Inputs** `values` of any shape (given as y_pred; `update` takes them alone) and weights of its leading axes.
/// Samples count alike whatever the number of their values. **Output** a scalar; 0 before the first update.
/// **See**: `keras.metrics.Mean`.
class Mean : public Metric {
 public:
  explicit Mean(const MetricOptions& options = {});
  void update(const Tensor& values, const Tensor& sample_weight = {}) const { update_state({}, values, sample_weight); }
};

/// The weighted sum of values, given as for Mean. **See**: `keras.metrics.Sum`.
class Sum : public Metric {
 public:
  explicit Sum(const MetricOptions& options = {});
  void update(const Tensor& values, const Tensor& sample_weight = {}) const { update_state({}, values, sample_weight); }
};

/// The weighted mean of a function of `(y_true, y_pred)`. A mask that travels with y_pred counts as weights.
/// **See**: `keras.metrics.MeanMetricWrapper`.
class MeanMetricWrapper : public Metric {
 public:
  using Function = std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)>;
  explicit MeanMetricWrapper(Function function, const MetricOptions& options = {});
};

/// A metric class that is the mean of a function: what most classes here are made of.
struct MeanOfFunction {
  std::string class_name;
  std::string name;  ///< snake case of the class if empty
  DType dtype = DType::kFloat32;
  Config arguments = Config::dict();  ///< of the constructor, besides name and dtype
  MeanMetricWrapper::Function function;
};
Metric mean_of_function(MeanOfFunction metric);

/// Values and weights reduced to one for each sample, as Keras' `reduce_to_samplewise_values`.
struct SamplewiseValues {
  Tensor values;  ///< weighted already
  Tensor weight;  ///< undefined where all weigh 1
};
SamplewiseValues reduce_to_samplewise_values(const Tensor& values, const Tensor& sample_weight, bool averages,
                                             DType dtype);

}  // namespace cornu::metrics
