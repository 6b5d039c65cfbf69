#pragma once

#include "layers/regularization/base_spatial_dropout.h"

namespace cornu::layers {

/// Options of SpatialDropout1D, in Keras' order.
struct SpatialDropout1DOptions {
  std::optional<std::int64_t> seed = {};  ///< random where none is given
  std::string name = {};
  DTypePolicy dtype = {};
};

class SpatialDropout1DLayer;

/// Dropout of whole channels: while training a channel is 0 at all steps of sequences, or kept and scaled up.
///
/// Neighbours in space say nearly the same, so dropping single elements would hardly regularise.
/// **Inputs**: `(batch, steps, channels)`. **Output**: the same; the input itself in inference.
/// **Throws** InvalidArgument for a rate outside [0, 1]. **See**: Tompson et al., 2015;
/// `keras.layers.SpatialDropout1D`, whose random numbers differ.
class SpatialDropout1D : public Shared<SpatialDropout1DLayer> {
 public:
  /// `rate`: how many channels are set to 0, as a fraction.
  explicit SpatialDropout1D(double rate, const SpatialDropout1DOptions& options = {});
};

/// Body of SpatialDropout1D.
class SpatialDropout1DLayer : public BaseSpatialDropoutLayer {
 public:
  SpatialDropout1DLayer(double rate, const SpatialDropout1DOptions& options);
};

}  // namespace cornu::layers
