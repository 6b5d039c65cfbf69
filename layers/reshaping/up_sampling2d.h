#pragma once

#include "layers/data_format.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of UpSampling2D, in Keras' order.
struct UpSampling2DOptions {
  SpatialSizes size = 2;  ///< how many times as high and wide: for both axes or each
  DataFormat data_format = "channels_last";
  std::string interpolation = "nearest";  ///< or "bilinear", "bicubic"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class UpSampling2DLayer;

/// Makes images larger by a whole factor.
///
/// **Inputs**: `(batch, height, width, channels)`, or channels first. **Output**: height and width `size` times as
/// large.
/// **Throws** InvalidArgument for a size below 1 or another interpolation (Keras also has "lanczos3" and "lanczos5"),
/// ShapeError when an image of unknown size is to be interpolated. **See**: `keras.layers.UpSampling2D`.
class UpSampling2D : public Shared<UpSampling2DLayer> {
 public:
  explicit UpSampling2D(const UpSampling2DOptions& options = {});
};

/// Body of UpSampling2D.
class UpSampling2DLayer : public Layer {
 public:
  explicit UpSampling2DLayer(const UpSampling2DOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<std::int64_t> size_;
  DataFormat data_format_;
  std::string interpolation_;
};

}  // namespace cornu::layers
