#pragma once

#include "layers/reshaping/base_cropping.h"

namespace cornu::layers {

/// Options of Cropping3D, in Keras' order.
struct Cropping3DOptions {
  BorderSizes cropping = 1;  ///< how much is cut: for all ends, each axis, or each end
  DataFormat data_format = "channels_last";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class Cropping3DLayer;

/// Cuts off the ends of volumes.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or channels first. **Output**: the same with smaller spatial
/// axes.
/// **Throws** InvalidArgument for sizes that are negative or of a wrong number, ShapeError when nothing would be left.
/// **See**: `keras.layers.Cropping3D`.
class Cropping3D : public Shared<Cropping3DLayer> {
 public:
  explicit Cropping3D(const Cropping3DOptions& options = {});
};

/// Body of Cropping3D.
class Cropping3DLayer : public BaseCroppingLayer {
 public:
  explicit Cropping3DLayer(const Cropping3DOptions& options);
};

}  // namespace cornu::layers
