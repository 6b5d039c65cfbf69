#pragma once

#include "layers/reshaping/base_zero_padding.h"

namespace cornu::layers {

class ZeroPadding2DLayer;

/// Zeros around images: `ZeroPadding2D({.padding = {{1, 2}, {0, 1}}})`: 1 row above, 2 below, 1 column to the right.
///
/// **Inputs**: `(batch, height, width, channels)`, or channels first. **Output**: the same with more places along the
/// spatial axes.
/// **Throws** InvalidArgument for sizes that are negative or of a wrong number. **See**: `keras.layers.ZeroPadding2D`.
class ZeroPadding2D : public Shared<ZeroPadding2DLayer> {
 public:
  explicit ZeroPadding2D(const ZeroPaddingOptions& options = {});
};

/// Body of ZeroPadding2D.
class ZeroPadding2DLayer : public BaseZeroPaddingLayer {
 public:
  explicit ZeroPadding2DLayer(const ZeroPaddingOptions& options);
};

}  // namespace cornu::layers
