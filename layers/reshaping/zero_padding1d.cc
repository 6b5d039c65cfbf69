#include "layers/reshaping/zero_padding1d.h"

#include "layers/registry.h"

namespace cornu::layers {

ZeroPadding1D::ZeroPadding1D(const ZeroPaddingOptions& options) : Shared(options) {}

ZeroPadding1DLayer::ZeroPadding1DLayer(const ZeroPaddingOptions& options)
    : BaseZeroPaddingLayer("ZeroPadding1D", 1, options) {}

namespace {

const bool kRegistered = register_layer("ZeroPadding1D", [](const Config& config) -> AnyLayer {
  return ZeroPadding1D(zero_padding_options_from(config, 1));
});

}  // namespace

}  // namespace cornu::layers
