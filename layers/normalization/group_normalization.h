#pragma once

#include <string>

#include "layers/shared.h"

namespace cornu::layers {

/// Options of GroupNormalization, in Keras' order.
struct GroupNormalizationOptions {
  std::int64_t groups = 32;  ///< into how many the channels are split; -1: each channel by itself
  std::int64_t axis = -1;    ///< of the channels
  double epsilon = 1e-3;     ///< added to the variance
  bool center = true;        ///< add beta
  bool scale = true;         ///< multiply by gamma
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class GroupNormalizationLayer;

/// Normalizes each example by itself, the channels in groups; for batches too small for BatchNormalization.
///
/// Mean and variance of a group are over its channels and all positions. One group is nearly LayerNormalization;
/// `groups = -1` is instance normalization.
///
/// **Inputs**: `(batch, ...)` with channels along `axis`. **Output**: the input's shape, in the compute dtype; computed
/// in float32 or wider. **Weights**: gamma, beta, each `(channels,)`.
/// **Throws** InvalidArgument for groups that are neither positive nor -1, ShapeError when they do not divide the
/// channels.
/// **See**: Wu and He (2018); `keras.layers.GroupNormalization`.
///
/// ```cpp
/// GroupNormalization norm({.groups = 8});
/// ```
class GroupNormalization : public Shared<GroupNormalizationLayer> {
 public:
  explicit GroupNormalization(const GroupNormalizationOptions& options = {});
};

/// Body of GroupNormalization.
class GroupNormalizationLayer : public Layer {
 public:
  explicit GroupNormalizationLayer(const GroupNormalizationOptions& options);
  Config config() const override;
  const Variable& gamma() const { return gamma_; }
  const Variable& beta() const { return beta_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  Tensor mean_of_group(const Tensor& x) const;

  GroupNormalizationOptions options_;
  std::int64_t axis_ = -1;
  std::int64_t channels_ = 0;
  Variable gamma_;
  Variable beta_;
};

}  // namespace cornu::layers
