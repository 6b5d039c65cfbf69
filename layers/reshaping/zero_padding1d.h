#pragma once

#include "layers/reshaping/base_zero_padding.h"

namespace cornu::layers {

class ZeroPadding1DLayer;

/// Zeros around sequences: `ZeroPadding1D({.padding = {1, 0}})` puts one zero in front.
///
/// **Inputs**: `(batch, steps, channels)`, or channels first. **Output**: the same with more steps.
/// **Throws** InvalidArgument for sizes that are negative or of a wrong number. **See**: `keras.layers.ZeroPadding1D`.
class ZeroPadding1D : public Shared<ZeroPadding1DLayer> {
 public:
  explicit ZeroPadding1D(const ZeroPaddingOptions& options = {});
};

/// Body of ZeroPadding1D.
class ZeroPadding1DLayer : public BaseZeroPaddingLayer {
 public:
  explicit ZeroPadding1DLayer(const ZeroPaddingOptions& options);
};

}  // namespace cornu::layers
