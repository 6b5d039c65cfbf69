#pragma once

#include "layers/reshaping/base_cropping.h"

namespace cornu::layers {

/// Options of Cropping2D, in Keras' order.
struct Cropping2DOptions {
  BorderSizes cropping = 0;  ///< how much is cut: for all ends, each axis, or each end
  DataFormat data_format = "channels_last";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class Cropping2DLayer;

/// Cuts off the ends of images.
///
/// **Inputs**: `(batch, height, width, channels)`, or channels first. **Output**: the same with smaller spatial axes.
/// **Throws** InvalidArgument for sizes that are negative or of a wrong number, ShapeError when nothing would be left.
/// **See**: `keras.layers.Cropping2D`.
class Cropping2D : public Shared<Cropping2DLayer> {
 public:
  explicit Cropping2D(const Cropping2DOptions& options = {});
};

/// Body of Cropping2D.
class Cropping2DLayer : public BaseCroppingLayer {
 public:
  explicit Cropping2DLayer(const Cropping2DOptions& options);
};

}  // namespace cornu::layers
