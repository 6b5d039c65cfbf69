#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct BinaryCrossentropyOptions {
  bool from_logits = false;      ///< predictions are logits, not probabilities
  double label_smoothing = 0.0;  ///< in [0, 1]: squeezes targets towards 0.5
  std::int64_t axis = -1;        ///< over which the mean is taken
  std::string reduction = "sum_over_batch_size";
  std::string name = "binary_crossentropy";
  std::optional<DType> dtype = {};
};

/// `mean(-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred))`: for outputs that are each yes or no.
///
/// Probabilities are kept 1e-7 away from 0 and 1. Those that come straight from a sigmoid are computed from its
/// logits, as in Keras: exact, and the gradient never vanishes.
/// **Throws** ShapeError unless targets and predictions have one shape. **See**: `keras.losses.BinaryCrossentropy`.
class BinaryCrossentropy : public Loss {
 public:
  explicit BinaryCrossentropy(const BinaryCrossentropyOptions& options = {});
};

struct CategoricalCrossentropyOptions {
  bool from_logits = false;      ///< predictions are logits, not probabilities
  double label_smoothing = 0.0;  ///< in [0, 1]: the part of the targets that is spread over all classes
  std::int64_t axis = -1;        ///< of the classes
  std::string reduction = "sum_over_batch_size";
  std::string name = "categorical_crossentropy";
  std::optional<DType> dtype = {};
};

/// `-sum(y_true * log(y_pred))` over the classes, for targets that are distributions, such as one-hot vectors.
///
/// Probabilities are brought to a sum of 1 and kept 1e-7 away from 0 and 1; those straight from a softmax are computed
/// from its logits. **Throws** ShapeError unless targets and predictions have one shape.
/// **See**: `keras.losses.CategoricalCrossentropy`.
class CategoricalCrossentropy : public Loss {
 public:
  explicit CategoricalCrossentropy(const CategoricalCrossentropyOptions& options = {});
};

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;                       ///< predictions are logits, not probabilities
  std::optional<std::int64_t> ignore_class = {};  ///< targets of this number count nothing, such as 255 for "void"
  std::string reduction = "sum_over_batch_size";
  std::int64_t axis = -1;  ///< of the classes
  std::string name = "sparse_categorical_crossentropy";
  std::optional<DType> dtype = {};
};

/// `-log(y_pred[y_true])`, for targets that are class numbers.
///
/// **Inputs** y_true `(...)` or `(..., 1)`, y_pred `(..., classes)`. A class number outside of the classes gives NaN.
/// Probabilities straight from a softmax are computed from its logits. The classes may lie along another axis than the
/// last, which TensorFlow refuses. **Throws** ShapeError when the shapes do not fit.
/// **See**: `keras.losses.SparseCategoricalCrossentropy`.
///
/// ```cpp
/// model.compile({.optimizer = "adam", .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
/// ```
class SparseCategoricalCrossentropy : public Loss {
 public:
  explicit SparseCategoricalCrossentropy(const SparseCategoricalCrossentropyOptions& options = {});
};

/// The functions of these classes, without weights and reduction. **See**: `keras.losses.binary_crossentropy`, ...
Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits = false,
                           double label_smoothing = 0.0, std::int64_t axis = -1);
Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits = false,
                                double label_smoothing = 0.0, std::int64_t axis = -1);
Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits = false,
                                       std::optional<std::int64_t> ignore_class = {}, std::int64_t axis = -1);

/// The mean over nothing yet: one value per prediction, from probabilities or logits.
Tensor elementwise_binary_crossentropy(const Tensor& y_true, const Tensor& y_pred, bool from_logits);
/// Targets mixed with an even distribution over the last axis.
Tensor smoothed_classes(const Tensor& y_true, double label_smoothing);

}  // namespace cornu::losses
