#pragma once

#include "layers/reshaping/base_zero_padding.h"

namespace cornu::layers {

class ZeroPadding3DLayer;

/// Zeros around volumes: `ZeroPadding3D({.padding = {1, 2, 2}})`: 1 plane, 2 rows, 2 columns at both ends.
///
/// **Inputs**: `(batch, depth, height, width, channels)`, or channels first. **Output**: the same with more places
/// along the spatial axes.
/// **Throws** InvalidArgument for sizes that are negative or of a wrong number. **See**: `keras.layers.ZeroPadding3D`.
class ZeroPadding3D : public Shared<ZeroPadding3DLayer> {
 public:
  explicit ZeroPadding3D(const ZeroPaddingOptions& options = {});
};

/// Body of ZeroPadding3D.
class ZeroPadding3DLayer : public BaseZeroPaddingLayer {
 public:
  explicit ZeroPadding3DLayer(const ZeroPaddingOptions& options);
};

}  // namespace cornu::layers
