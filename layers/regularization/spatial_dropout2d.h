#pragma once

#include "layers/regularization/base_spatial_dropout.h"

namespace cornu::layers {

/// Options of SpatialDropout2D, in Keras' order.
struct SpatialDropout2DOptions {
  DataFormat data_format = "channels_last";
  std::optional<std::int64_t> seed = {};  ///< random where none is given
  std::string name = {};
  DTypePolicy dtype = {};
};

class SpatialDropout2DLayer;

/// Dropout of whole channels: while training a channel is 0 at all places of images, or kept and scaled up.
///
/// Neighbours in space say nearly the same, so dropping single elements would hardly regularise.
/// **Inputs**: `(batch, height, width, channels)`, or channels first. **Output**: the same; the input itself in
/// inference.
/// **Throws** InvalidArgument for a rate outside [0, 1]. **See**: Tompson et al., 2015;
/// `keras.layers.SpatialDropout2D`, whose random numbers differ.
class SpatialDropout2D : public Shared<SpatialDropout2DLayer> {
 public:
  /// `rate`: how many channels are set to 0, as a fraction.
  explicit SpatialDropout2D(double rate, const SpatialDropout2DOptions& options = {});
};

/// Body of SpatialDropout2D.
class SpatialDropout2DLayer : public BaseSpatialDropoutLayer {
 public:
  SpatialDropout2DLayer(double rate, const SpatialDropout2DOptions& options);
};

}  // namespace cornu::layers
