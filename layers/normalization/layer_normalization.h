#pragma once

#include <string>
#include <vector>

#include "layers/axis_argument.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of LayerNormalization, in Keras' order.
struct LayerNormalizationOptions {
  AxisArgument axis = -1;  ///< the axes that are normalized together
  double epsilon = 1e-3;   ///< added to the variance
  bool center = true;      ///< add beta
  bool scale = true;       ///< multiply by gamma
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  bool rms_scaling = false;  ///< divide by the deviation without subtracting the mean; old, see RMSNormalization
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class LayerNormalizationLayer;

/// Normalizes each example by itself along some axes, then scales and shifts it; the same in training and inference.
///
/// `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, with mean and variance along `axis`.
///
/// **Inputs**: any rank. **Output**: the input's shape, in the compute dtype; computed in float32 or wider.
/// **Weights**: gamma, beta, each of the input's sizes along `axis`.
/// **Throws** ShapeError for an axis outside the rank or of unknown size.
/// **See**: Ba, Kiros and Hinton (2016); `keras.layers.LayerNormalization`.
///
/// ```cpp
/// LayerNormalization norm({.epsilon = 1e-6});
/// ```
class LayerNormalization : public Shared<LayerNormalizationLayer> {
 public:
  explicit LayerNormalization(const LayerNormalizationOptions& options = {});
};

/// Body of LayerNormalization.
class LayerNormalizationLayer : public Layer {
 public:
  explicit LayerNormalizationLayer(const LayerNormalizationOptions& options);
  Config config() const override;
  const Variable& gamma() const { return gamma_; }
  const Variable& beta() const { return beta_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  LayerNormalizationOptions options_;
  std::vector<std::int64_t> axes_;
  Variable gamma_;
  Variable beta_;
};

}  // namespace cornu::layers
