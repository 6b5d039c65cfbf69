#include "layers/reshaping/zero_padding2d.h"

#include "layers/registry.h"

namespace cornu::layers {

ZeroPadding2D::ZeroPadding2D(const ZeroPaddingOptions& options) : Shared(options) {}

ZeroPadding2DLayer::ZeroPadding2DLayer(const ZeroPaddingOptions& options)
    : BaseZeroPaddingLayer("ZeroPadding2D", 2, options) {}

namespace {

const bool kRegistered = register_layer("ZeroPadding2D", [](const Config& config) -> AnyLayer {
  return ZeroPadding2D(zero_padding_options_from(config, 2));
});

}  // namespace

}  // namespace cornu::layers
