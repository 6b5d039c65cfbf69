#pragma once

#include "layers/reshaping/base_cropping.h"

namespace cornu::layers {

/// Options of Cropping1D, in Keras' order.
struct Cropping1DOptions {
  BorderSizes cropping = 1;  ///< how much is cut: for both ends
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class Cropping1DLayer;

/// Cuts off the ends of sequences.
///
/// **Inputs**: `(batch, steps, channels)`. **Output**: the same with smaller spatial axes.
/// **Throws** InvalidArgument for sizes that are negative or of a wrong number, ShapeError when nothing would be left.
/// **See**: `keras.layers.Cropping1D`.
class Cropping1D : public Shared<Cropping1DLayer> {
 public:
  explicit Cropping1D(const Cropping1DOptions& options = {});
};

/// Body of Cropping1D.
class Cropping1DLayer : public BaseCroppingLayer {
 public:
  explicit Cropping1DLayer(const Cropping1DOptions& options);
};

}  // namespace cornu::layers
