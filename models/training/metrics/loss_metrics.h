#pragma once

#include "models/training/metrics/mean.h"

namespace cornu::metrics {

/// Means of losses' functions. **See**: the losses of these names in `losses::`, and `keras.metrics`.

class MeanSquaredError : public Metric {
 public:
  explicit MeanSquaredError(const MetricOptions& options = {});
};

/// The root of the mean of all squared errors.
class RootMeanSquaredError : public Metric {
 public:
  explicit RootMeanSquaredError(const MetricOptions& options = {});
};

class MeanAbsoluteError : public Metric {
 public:
  explicit MeanAbsoluteError(const MetricOptions& options = {});
};

class MeanAbsolutePercentageError : public Metric {
 public:
  explicit MeanAbsolutePercentageError(const MetricOptions& options = {});
};

class MeanSquaredLogarithmicError : public Metric {
 public:
  explicit MeanSquaredLogarithmicError(const MetricOptions& options = {});
};

class LogCoshError : public Metric {
 public:
  explicit LogCoshError(const MetricOptions& options = {});
};

class Hinge : public Metric {
 public:
  explicit Hinge(const MetricOptions& options = {});
};

class SquaredHinge : public Metric {
 public:
  explicit SquaredHinge(const MetricOptions& options = {});
};

class CategoricalHinge : public Metric {
 public:
  explicit CategoricalHinge(const MetricOptions& options = {});
};

class KLDivergence : public Metric {
 public:
  explicit KLDivergence(const MetricOptions& options = {});
};

class Poisson : public Metric {
 public:
  explicit Poisson(const MetricOptions& options = {});
};

struct AxisMetricOptions {
  std::string name = {};  ///< Keras' name of the metric if empty
  DType dtype = DType::kFloat32;
  std::int64_t axis = -1;  ///< along which the vectors lie
};

/// The cosine of the angle between targets and predictions: the loss of this name with the other sign.
class CosineSimilarity : public Metric {
 public:
  explicit CosineSimilarity(const AxisMetricOptions& options = {});
};

struct BinaryCrossentropyOptions {
  std::string name = "binary_crossentropy";
  DType dtype = DType::kFloat32;
  bool from_logits = false;      ///< predictions are logits, not probabilities
  double label_smoothing = 0.0;  ///< in [0, 1]: squeezes targets towards 0.5
};

class BinaryCrossentropy : public Metric {
 public:
  explicit BinaryCrossentropy(const BinaryCrossentropyOptions& options = {});
};

struct CategoricalCrossentropyOptions {
  std::string name = "categorical_crossentropy";
  DType dtype = DType::kFloat32;
  bool from_logits = false;      ///< predictions are logits, not probabilities
  double label_smoothing = 0.0;  ///< in [0, 1]: the part of the targets that is spread over all classes
  std::int64_t axis = -1;        ///< of the classes
};

class CategoricalCrossentropy : public Metric {
 public:
  explicit CategoricalCrossentropy(const CategoricalCrossentropyOptions& options = {});
};

struct SparseCategoricalCrossentropyOptions {
  std::string name = "sparse_categorical_crossentropy";
  DType dtype = DType::kFloat32;
  bool from_logits = false;                       ///< predictions are logits, not probabilities
  std::optional<std::int64_t> ignore_class = {};  ///< targets of this number count nothing
  std::int64_t axis = -1;                         ///< of the classes
};

/// Targets of `ignore_class` count 0 in the mean where no weights are given, as in Keras; with weights not at all.
class SparseCategoricalCrossentropy : public Metric {
 public:
  explicit SparseCategoricalCrossentropy(const SparseCategoricalCrossentropyOptions& options = {});
};

}  // namespace cornu::metrics
