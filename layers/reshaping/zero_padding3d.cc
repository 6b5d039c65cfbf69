#include "layers/reshaping/zero_padding3d.h"

#include "layers/registry.h"

namespace cornu::layers {

ZeroPadding3D::ZeroPadding3D(const ZeroPaddingOptions& options) : Shared(options) {}

ZeroPadding3DLayer::ZeroPadding3DLayer(const ZeroPaddingOptions& options)
    : BaseZeroPaddingLayer("ZeroPadding3D", 3, options) {}

namespace {

const bool kRegistered = register_layer("ZeroPadding3D", [](const Config& config) -> AnyLayer {
  return ZeroPadding3D(zero_padding_options_from(config, 3));
});

}  // namespace

}  // namespace cornu::layers
