#pragma once

#include "layers/regularization/base_spatial_dropout.h"

namespace cornu::layers {

/// Options of SpatialDropout3D, in Keras' order.
struct SpatialDropout3DOptions {
  DataFormat data_format = "channels_last";
  std::optional<std::int64_t> seed = {};  ///< random where none is given
  std::string name = {};
  DTypePolicy dtype = {};
};

class SpatialDropout3DLayer;

/// Dropout of whole channels: while training a channel is 0 at all places of volumes, or kept and scaled up.
///
/// Neighbours in space say nearly the same, so dropping single elements would hardly regularise.
/// **Inputs**: `(batch, depth, height, width, channels)`, or channels first. **Output**: the same; the input itself in
/// inference.
/// **Throws** InvalidArgument for a rate outside [0, 1]. **See**: Tompson et al., 2015;
/// `keras.layers.SpatialDropout3D`, whose random numbers differ.
class SpatialDropout3D : public Shared<SpatialDropout3DLayer> {
 public:
  /// `rate`: how many channels are set to 0, as a fraction.
  explicit SpatialDropout3D(double rate, const SpatialDropout3DOptions& options = {});
};

/// Body of SpatialDropout3D.
class SpatialDropout3DLayer : public BaseSpatialDropoutLayer {
 public:
  SpatialDropout3DLayer(double rate, const SpatialDropout3DOptions& options);
};

}  // namespace cornu::layers
