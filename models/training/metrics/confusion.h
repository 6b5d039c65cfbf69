#pragma once

#include <optional>

#include "models/training/metrics/mean.h"

namespace cornu::metrics {

/// How predictions are turned into yes and no.
struct ConfusionOptions {
  std::vector<double> thresholds = {};        ///< predictions above one mean yes
  std::optional<std::int64_t> top_k = {};     ///< only the k greatest predictions of a row can mean yes
  std::optional<std::int64_t> class_id = {};  ///< only this class is counted
  bool multi_label = false;                   ///< count each column of `(batch, labels)` apart
  Tensor label_weights = {};                  ///< `(labels,)`, or undefined where all columns weigh 1
};

/// Weighted numbers of right and wrong predictions for each threshold: `(thresholds,)`, or `(thresholds, labels)` for
/// `multi_label`.
struct ConfusionCounts {
  Tensor true_positives;
  Tensor false_positives;
  Tensor true_negatives;
  Tensor false_negatives;
};

/// Counts one batch. Evenly spaced thresholds, such as those of AUC, cost no more than one.
/// **See**: `keras.src.metrics.metrics_utils.update_confusion_matrix_variables`.
ConfusionCounts count_confusions(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                                 const ConfusionOptions& options, DType dtype);

struct ThresholdOptions {
  std::vector<double> thresholds = {};  ///< in [0, 1]; predictions above one mean yes; 0.5 by default
  std::string name = {};                ///< Keras' name of the metric if empty
  DType dtype = DType::kFloat32;
};

/// The weighted number of predictions that say yes and are right: a scalar, or a vector for several thresholds.
/// **Throws** InvalidArgument for thresholds outside of [0, 1]. **See**: `keras.metrics.TruePositives`.
class TruePositives : public Metric {
 public:
  explicit TruePositives(const ThresholdOptions& options = {});
};

/// Predictions that say yes and are wrong. **See**: `keras.metrics.FalsePositives`.
class FalsePositives : public Metric {
 public:
  explicit FalsePositives(const ThresholdOptions& options = {});
};

/// Predictions that say no and are right. **See**: `keras.metrics.TrueNegatives`.
class TrueNegatives : public Metric {
 public:
  explicit TrueNegatives(const ThresholdOptions& options = {});
};

/// Predictions that say no and are wrong. **See**: `keras.metrics.FalseNegatives`.
class FalseNegatives : public Metric {
 public:
  explicit FalseNegatives(const ThresholdOptions& options = {});
};

struct PrecisionOptions {
  std::vector<double> thresholds = {};        ///< in [0, 1]; 0.5 by default, with `top_k` all of those k
  std::optional<std::int64_t> top_k = {};     ///< only the k greatest predictions of a row can mean yes
  std::optional<std::int64_t> class_id = {};  ///< only this class is counted
  std::string name = {};                      ///< Keras' name of the metric if empty
  DType dtype = DType::kFloat32;
};
using RecallOptions = PrecisionOptions;

/// The part of the predictions that say yes which are right; 0 where none says yes. **See**: `keras.metrics.Precision`.
class Precision : public Metric {
 public:
  explicit Precision(const PrecisionOptions& options = {});
};

/// The part of the targets that are yes which are found; 0 where there are none. **See**: `keras.metrics.Recall`.
class Recall : public Metric {
 public:
  explicit Recall(const RecallOptions& options = {});
};

struct AtOptions {
  std::int64_t num_thresholds = 200;          ///< tried between 0 and 1
  std::optional<std::int64_t> class_id = {};  ///< only this class is counted
  std::string name = {};                      ///< Keras' name of the metric if empty
  DType dtype = DType::kFloat32;
};

/// The greatest sensitivity (recall) of the thresholds at which specificity is at least so much.
/// **Throws** InvalidArgument outside of [0, 1]. **See**: `keras.metrics.SensitivityAtSpecificity`.
class SensitivityAtSpecificity : public Metric {
 public:
  explicit SensitivityAtSpecificity(double specificity, const AtOptions& options = {});
};

/// The greatest specificity at which sensitivity is at least so much.
/// **See**: `keras.metrics.SpecificityAtSensitivity`.
class SpecificityAtSensitivity : public Metric {
 public:
  explicit SpecificityAtSensitivity(double sensitivity, const AtOptions& options = {});
};

/// The greatest precision at which recall is at least so much. **See**: `keras.metrics.PrecisionAtRecall`.
class PrecisionAtRecall : public Metric {
 public:
  explicit PrecisionAtRecall(double recall, const AtOptions& options = {});
};

/// The greatest recall at which precision is at least so much. **See**: `keras.metrics.RecallAtPrecision`.
class RecallAtPrecision : public Metric {
 public:
  explicit RecallAtPrecision(double precision, const AtOptions& options = {});
};

/// `first / (first + second)`, 0 where both are.
Tensor part_of(const Tensor& first, const Tensor& second);

/// `count` thresholds between 0 and 1, without those; and a configuration's numbers, one or several.
std::vector<double> inner_thresholds(std::int64_t count);
std::vector<double> numbers_of(const Config& config);

}  // namespace cornu::metrics
