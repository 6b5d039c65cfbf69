#pragma once

#include "layers/data_format.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of UpSampling3D, in Keras' order.
struct UpSampling3DOptions {
  SpatialSizes size = 2;  ///< how often each place is repeated, for all axes or each
  DataFormat data_format = "channels_last";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class UpSampling3DLayer;

/// Repeats each place of volumes along the spatial axes.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or channels first. **Output**: the same with spatial axes
/// `size` times as long.
/// **Throws** InvalidArgument for a size below 1. **See**: `keras.layers.UpSampling3D`.
class UpSampling3D : public Shared<UpSampling3DLayer> {
 public:
  explicit UpSampling3D(const UpSampling3DOptions& options = {});
};

/// Body of UpSampling3D.
class UpSampling3DLayer : public Layer {
 public:
  explicit UpSampling3DLayer(const UpSampling3DOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<std::int64_t> size_;
  DataFormat data_format_;
};

}  // namespace cornu::layers
