#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

/// Options of L2Distance and CosineDistance.
struct DistanceOptions {
  std::int64_t axis = -1;  ///< along which a vector lies
  bool keepdims = true;    ///< keep that axis with size 1, as labels of shape (batch, 1) want it
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class L2DistanceLayer;

/// Euclidean distance of two vectors: `sqrt(sum((x - y)^2))`, the end of a siamese network.
///
/// Small for a pair that belongs together. With the contrastive loss a label of 1 says that two inputs belong together
/// and 0 that they do not; with a distance at the end a prediction below the threshold means 1. Of identical inputs the
/// gradient is 0, not infinite.
/// **Inputs**: two of shapes that broadcast, given as a list. **Output**: their shape with size 1 at the axis.
/// **See**: Hadsell, Chopra and LeCun, 2006. Keras has no such layer, so it cannot load a model with this one.
class L2Distance : public Shared<L2DistanceLayer> {
 public:
  explicit L2Distance(const DistanceOptions& options = {});
};

/// Body of L2Distance.
class L2DistanceLayer : public BaseMergeLayer {
 public:
  explicit L2DistanceLayer(const DistanceOptions& options);
  static Shared<L2DistanceLayer> from_config(const Config& config);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;

 private:
  DistanceOptions options_;
};

DistanceOptions distance_options_from(const Config& config);

}  // namespace cornu::layers
