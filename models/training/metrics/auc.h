#pragma once

#include "models/training/metrics/confusion.h"

namespace cornu::metrics {

struct AUCOptions {
  std::int64_t num_thresholds = 200;               ///< with which the curve is drawn, two of them outside of [0, 1]
  std::string curve = "ROC";                       ///< "ROC", "PR" or "PRGAIN"
  std::string summation_method = "interpolation";  ///< "interpolation", "minoring" or "majoring"
  std::string name = "auc";
  DType dtype = DType::kFloat32;
  std::vector<double> thresholds = {};          ///< in [0, 1], in place of evenly spaced ones
  bool multi_label = false;                     ///< the mean of one curve for each label
  std::optional<std::int64_t> num_labels = {};  ///< of multi_label, where it should be known from the start
  std::vector<double> label_weights = {};       ///< one for each label
  bool from_logits = false;                     ///< predictions are logits, not probabilities
};

/// The area under the receiver operating characteristic, or under precision over recall.
///
/// **Inputs** y_true, 0 or 1, and y_pred in [0, 1], of one shape. **Throws** InvalidArgument for other options.
/// **See**: Davis and Goadrich (2006) for "PR"; `keras.metrics.AUC`.
///
/// ```cpp
/// model.compile({.optimizer = "adam", .loss = "binary_crossentropy", .metrics = {metrics::AUC()}});
/// ```
class AUC : public Metric {
 public:
  explicit AUC(const AUCOptions& options = {});
};

}  // namespace cornu::metrics
