#pragma once

#include "layers/merging/l2_distance.h"

namespace cornu::layers {

class CosineDistanceLayer;

/// One minus the cosine of the angle between two vectors: 0 for one direction, 1 at a right angle, 2 for opposite ones.
///
/// Small for a pair that belongs together, as with L2Distance; lengths do not count. A zero vector has distance 1 to
/// all, and gradients are finite everywhere.
/// **Inputs**: two of shapes that broadcast, given as a list. **Output**: their shape with size 1 at the axis.
/// **See**: `keras.losses.CosineSimilarity`, its negative. Keras has no such layer, so it cannot load a model with this
/// one.
class CosineDistance : public Shared<CosineDistanceLayer> {
 public:
  explicit CosineDistance(const DistanceOptions& options = {});
};

/// Body of CosineDistance.
class CosineDistanceLayer : public BaseMergeLayer {
 public:
  explicit CosineDistanceLayer(const DistanceOptions& options);
  static Shared<CosineDistanceLayer> from_config(const Config& config);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;

 private:
  DistanceOptions options_;
};

}  // namespace cornu::layers
