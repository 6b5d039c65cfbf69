#pragma once

#include "models/training/metrics/loss_metrics.h"

namespace cornu::metrics {

/// The mean of Pearson's correlation of targets and predictions along an axis; NaN where one of them is constant.
/// **See**: `keras.metrics.PearsonCorrelation`.
class PearsonCorrelation : public Metric {
 public:
  explicit PearsonCorrelation(const AxisMetricOptions& options = {});
};

/// The mean of Lin's concordance of targets and predictions along an axis. **See**:
/// `keras.metrics.ConcordanceCorrelation`.
class ConcordanceCorrelation : public Metric {
 public:
  explicit ConcordanceCorrelation(const AxisMetricOptions& options = {});
};

struct R2ScoreOptions {
  /// How the scores of several outputs become one: "uniform_average", "variance_weighted_average", or "none" (Keras'
  /// None).
  std::string class_aggregation = "uniform_average";
  std::int64_t num_regressors = 0;  ///< independent variables, for the adjusted score; 0 for the plain one
  std::string name = "r2_score";
  DType dtype = DType::kFloat32;
};

/// The coefficient of determination, `1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2)`.
///
/// **Inputs** `(batch, outputs)`, or `(batch,)` for one output. Where the adjusted score is not defined (no more
/// samples than `num_regressors + 1`) the result is the plain one.
/// **Throws** InvalidArgument for other options, ShapeError for other shapes. **See**: `keras.metrics.R2Score`.
class R2Score : public Metric {
 public:
  explicit R2Score(const R2ScoreOptions& options = {});
};

}  // namespace cornu::metrics
