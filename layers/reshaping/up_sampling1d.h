#pragma once

#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of UpSampling1D, in Keras' order.
struct UpSampling1DOptions {
  SpatialSizes size = 2;  ///< how often each place is repeated
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class UpSampling1DLayer;

/// Repeats each place of sequences along the spatial axis.
///
/// **Inputs**: `(batch, steps, channels)`. **Output**: the same with spatial axes `size` times as long.
/// **Throws** InvalidArgument for a size below 1. **See**: `keras.layers.UpSampling1D`.
class UpSampling1D : public Shared<UpSampling1DLayer> {
 public:
  explicit UpSampling1D(const UpSampling1DOptions& options = {});
};

/// Body of UpSampling1D.
class UpSampling1DLayer : public Layer {
 public:
  explicit UpSampling1DLayer(const UpSampling1DOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<std::int64_t> size_;
};

}  // namespace cornu::layers
