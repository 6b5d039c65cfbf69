#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct BinaryFocalCrossentropyOptions {
  bool apply_class_balancing = false;  ///< weigh targets of 1 by alpha, those of 0 by 1 - alpha
  double alpha = 0.25;
  double gamma = 2.0;            ///< how much less what is predicted well counts
  bool from_logits = false;      ///< predictions are logits, not probabilities
  double label_smoothing = 0.0;  ///< in [0, 1]: squeezes targets towards 0.5
  std::int64_t axis = -1;        ///< over which the mean is taken
  std::string reduction = "sum_over_batch_size";
  std::string name = "binary_focal_crossentropy";
  std::optional<DType> dtype = {};
};

/// Binary cross-entropy times `(1 - p)^gamma`, where p is the probability of the target.
/// **See**: Lin et al. (2018); `keras.losses.BinaryFocalCrossentropy`.
class BinaryFocalCrossentropy : public Loss {
 public:
  explicit BinaryFocalCrossentropy(const BinaryFocalCrossentropyOptions& options = {});
};

struct CategoricalFocalCrossentropyOptions {
  double alpha = 0.25;           ///< factor of the whole
  double gamma = 2.0;            ///< how much less what is predicted well counts
  bool from_logits = false;      ///< predictions are logits, not probabilities
  double label_smoothing = 0.0;  ///< in [0, 1]: the part of the targets that is spread over all classes
  std::int64_t axis = -1;        ///< of the classes
  std::string reduction = "sum_over_batch_size";
  std::string name = "categorical_focal_crossentropy";
  std::optional<DType> dtype = {};
};

/// Categorical cross-entropy whose terms are times `alpha * (1 - p)^gamma`, where p is the class' probability.
/// **See**: Lin et al. (2018); `keras.losses.CategoricalFocalCrossentropy`.
class CategoricalFocalCrossentropy : public Loss {
 public:
  explicit CategoricalFocalCrossentropy(const CategoricalFocalCrossentropyOptions& options = {});
};

struct CategoricalGeneralizedCrossEntropyOptions {
  double q = 0.5;  ///< in (0, 1): towards 0 cross-entropy, towards 1 mean absolute error
  std::string reduction = "sum_over_batch_size";
  std::string name = "categorical_generalized_cross_entropy";
  std::optional<DType> dtype = {};
};

/// `(1 - p^q) / q`, where p is the probability of the target class: bears wrong targets better than cross-entropy.
///
/// **Inputs** y_true, class numbers, `(...)` or `(..., 1)`; y_pred, probabilities, `(..., classes)`.
/// **Throws** InvalidArgument for a q outside of (0, 1).
/// **See**: Zhang and Sabuncu (2018); `keras.losses.CategoricalGeneralizedCrossEntropy`.
class CategoricalGeneralizedCrossEntropy : public Loss {
 public:
  explicit CategoricalGeneralizedCrossEntropy(const CategoricalGeneralizedCrossEntropyOptions& options = {});
};

}  // namespace cornu::losses
