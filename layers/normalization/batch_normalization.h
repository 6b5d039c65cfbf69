#pragma once

#include <optional>
#include <string>
#include <utility>

#include "layers/shared.h"

namespace cornu::layers {

/// How far batch renormalization may correct; what is not given is not clipped.
struct RenormClipping {
  std::optional<double> rmax = {};
  std::optional<double> rmin = {};
  std::optional<double> dmax = {};
};

/// Options of BatchNormalization, in Keras' order.
struct BatchNormalizationOptions {
  std::int64_t axis = -1;  ///< of the features; 1 after a convolution with "channels_first"
  double momentum = 0.99;  ///< of the moving statistics
  double epsilon = 1e-3;   ///< added to the variance
  bool center = true;      ///< add beta
  bool scale = true;       ///< multiply by gamma
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Initializer moving_mean_initializer = "zeros";
  Initializer moving_variance_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  bool renorm = false;  ///< batch renormalization: training too uses (nearly) the moving statistics
  std::optional<RenormClipping> renorm_clipping = {};
  double renorm_momentum = 0.99;  ///< of the statistics that renormalization trains with
  bool synchronized = false;      ///< statistics over all replicas of a distributed batch
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class BatchNormalizationLayer;

/// Normalizes each feature over the batch, then scales and shifts it: deep networks train faster and more stably.
///
/// In training with the statistics of the batch (variance divided by its size), which also move the moving ones; in
/// inference, and always when the layer is frozen (`set_trainable(false)`), with the moving statistics.
///
/// `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, `moving = moving * momentum + batch * (1 - momentum)`.
///
/// **Inputs**: any rank, features along `axis`. A mask of one rank less, broadcast along the features, hides positions
/// from the statistics. **Output**: the input's shape.
/// **Weights**: gamma, beta, moving_mean, moving_variance, each `(features,)`; with `renorm` also moving_stddev,
/// renorm_mean, renorm_stddev. They and the statistics are float32 (or float64) under every policy.
/// **Throws** InvalidArgument for bad clipping, ShapeError for an axis outside the rank, features of unknown or
/// changing size, and a mask of another rank.
/// **See**: Ioffe and Szegedy (2015), Ioffe (2017) for `renorm`; `keras.layers.BatchNormalization`.
///
/// ```cpp
/// BatchNormalization norm({.momentum = 0.9});
/// Tensor y = norm(x, {.training = true});
/// ```
class BatchNormalization : public Shared<BatchNormalizationLayer> {
 public:
  explicit BatchNormalization(const BatchNormalizationOptions& options = {});
};

/// Body of BatchNormalization.
class BatchNormalizationLayer : public Layer {
 public:
  explicit BatchNormalizationLayer(const BatchNormalizationOptions& options);
  Config config() const override;
  const Variable& gamma() const { return gamma_; }
  const Variable& beta() const { return beta_; }
  const Variable& moving_mean() const { return moving_mean_; }
  const Variable& moving_variance() const { return moving_variance_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  struct Moments {
    Tensor mean;
    Tensor variance;
  };
  Moments moments(const Tensor& x, const Tensor& mask) const;
  Tensor normalized(const Tensor& x, const Moments& moments, const Tensor& gamma, const Tensor& beta) const;
  Tensor renormalized(const Tensor& x, const Moments& batch, const Tensor& gamma, const Tensor& beta);

  BatchNormalizationOptions options_;
  Variable gamma_;
  Variable beta_;
  Variable moving_mean_;
  Variable moving_variance_;
  Variable moving_stddev_;
  Variable renorm_mean_;
  Variable renorm_stddev_;
};

}  // namespace cornu::layers
