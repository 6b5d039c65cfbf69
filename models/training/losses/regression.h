#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct CosineSimilarityOptions {
  std::int64_t axis = -1;  ///< along which vectors lie
  std::string reduction = "sum_over_batch_size";
  std::string name = "cosine_similarity";
  std::optional<DType> dtype = {};
};

/// Minus the cosine of the angle between targets and predictions: -1 for one direction, 0 for right angles.
///
/// Vectors of length 0 give 0, with a gradient of 0. **See**: `keras.losses.CosineSimilarity`.
class CosineSimilarity : public Loss {
 public:
  explicit CosineSimilarity(const CosineSimilarityOptions& options = {});
};

struct HuberOptions {
  double delta = 1.0;  ///< where the square goes over into a line
  std::string reduction = "sum_over_batch_size";
  std::string name = "huber_loss";
  std::optional<DType> dtype = {};
};

/// `mean(e^2 / 2)` for errors `|e| <= delta`, `mean(delta * |e| - delta^2 / 2)` beyond: outliers weigh less.
/// **See**: Huber (1964); `keras.losses.Huber`.
class Huber : public Loss {
 public:
  explicit Huber(const HuberOptions& options = {});
};

/// `mean(log(cosh(y_pred - y_true)))` over the last axis, without overflow. **See**: `keras.losses.LogCosh`.
class LogCosh : public Loss {
 public:
  explicit LogCosh(const LossOptions& options = {});
};

/// The functions of these classes, without weights and reduction. **See**: `keras.losses.cosine_similarity`, ...
Tensor cosine_similarity(const Tensor& y_true, const Tensor& y_pred, std::int64_t axis = -1);
Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta = 1.0);
Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred);

}  // namespace cornu::losses
