#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Masking, in Keras' order.
struct MaskingOptions {
  double mask_value = 0.0;  ///< a timestep is left out where all its features are this
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class MaskingLayer;

/// Marks timesteps that later layers are to leave out: those with `mask_value` in all features.
///
/// **Inputs**: `(batch, timesteps, features)`. **Output**: the same with zeros at those timesteps, and a mask
/// `(batch, timesteps)`. **See**: `keras.layers.Masking`.
class Masking : public Shared<MaskingLayer> {
 public:
  explicit Masking(const MaskingOptions& options = {});
};

/// Body of Masking.
class MaskingLayer : public Layer {
 public:
  explicit MaskingLayer(const MaskingOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

 private:
  double mask_value_;
};

}  // namespace cornu::layers
