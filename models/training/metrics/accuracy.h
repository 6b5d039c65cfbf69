#pragma once

#include "models/training/metrics/mean.h"

namespace cornu::metrics {

/// How often predictions equal targets. **See**: `keras.metrics.Accuracy`.
class Accuracy : public Metric {
 public:
  explicit Accuracy(const MetricOptions& options = {});
};

struct BinaryAccuracyOptions {
  std::string name = "binary_accuracy";
  DType dtype = DType::kFloat32;
  double threshold = 0.5;  ///< predictions above it mean 1
};

/// How often predictions fall on the targets' side of a threshold. **See**: `keras.metrics.BinaryAccuracy`.
class BinaryAccuracy : public Metric {
 public:
  explicit BinaryAccuracy(const BinaryAccuracyOptions& options = {});
};

/// How often the greatest prediction is where the greatest target is. **Inputs** y_true and y_pred `(..., classes)`.
/// **See**: `keras.metrics.CategoricalAccuracy`.
class CategoricalAccuracy : public Metric {
 public:
  explicit CategoricalAccuracy(const MetricOptions& options = {});
};

/// How often the greatest prediction is that of the target class. **Inputs** y_true, class numbers, `(...)` or
/// `(..., 1)`; y_pred `(..., classes)`. **See**: `keras.metrics.SparseCategoricalAccuracy`.
class SparseCategoricalAccuracy : public Metric {
 public:
  explicit SparseCategoricalAccuracy(const MetricOptions& options = {});
};

struct TopKCategoricalAccuracyOptions {
  std::int64_t k = 5;
  std::string name = "top_k_categorical_accuracy";
  DType dtype = DType::kFloat32;
};

/// How often the class of the greatest target is among the k greatest predictions.
/// **See**: `keras.metrics.TopKCategoricalAccuracy`.
class TopKCategoricalAccuracy : public Metric {
 public:
  explicit TopKCategoricalAccuracy(const TopKCategoricalAccuracyOptions& options = {});
};

struct SparseTopKCategoricalAccuracyOptions {
  std::int64_t k = 5;
  std::string name = "sparse_top_k_categorical_accuracy";
  DType dtype = DType::kFloat32;
  bool from_sorted_ids = false;  ///< predictions are class numbers, the most likely first
};

/// How often the target class is among the k greatest predictions.
/// **See**: `keras.metrics.SparseTopKCategoricalAccuracy`.
class SparseTopKCategoricalAccuracy : public Metric {
 public:
  explicit SparseTopKCategoricalAccuracy(const SparseTopKCategoricalAccuracyOptions& options = {});
};

}  // namespace cornu::metrics
