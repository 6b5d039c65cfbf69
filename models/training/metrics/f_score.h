#pragma once

#include <optional>

#include "models/training/metrics/mean.h"

namespace cornu::metrics {

struct FBetaScoreOptions {
  /// How the scores of the classes become one: "micro", "macro", "weighted", or "none" (Keras' None) for one each.
  std::string average = "none";
  double beta = 1.0;                     ///< how much more recall weighs than precision
  std::optional<double> threshold = {};  ///< in (0, 1]; without one the greatest prediction of a row says yes
  std::string name = "fbeta_score";
  DType dtype = DType::kFloat32;
};

/// `(1 + beta^2) * precision * recall / (beta^2 * precision + recall)`.
///
/// **Inputs** y_true, 0 or 1, and y_pred `(batch, classes)`. **Throws** InvalidArgument for other options, ShapeError
/// for other shapes. **See**: `keras.metrics.FBetaScore`.
class FBetaScore : public Metric {
 public:
  explicit FBetaScore(const FBetaScoreOptions& options = {});
};

struct F1ScoreOptions {
  std::string average = "none";          ///< see FBetaScoreOptions
  std::optional<double> threshold = {};  ///< see FBetaScoreOptions
  std::string name = "f1_score";
  DType dtype = DType::kFloat32;
};

/// The harmonic mean of precision and recall: FBetaScore with a beta of 1. **See**: `keras.metrics.F1Score`.
class F1Score : public Metric {
 public:
  explicit F1Score(const F1ScoreOptions& options = {});
};

}  // namespace cornu::metrics
