#include "layers/core/identity.h"

#include "layers/registry.h"

namespace cornu::layers {

Identity::Identity(const IdentityOptions& options) : Shared(options) {}

IdentityLayer::IdentityLayer(const IdentityOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}) {
  set_supports_masking(true);
}

Outputs IdentityLayer::call(const Inputs& inputs, const CallContext&) { return inputs.tensors(); }

Tensors IdentityLayer::compute_mask(const Inputs&, const Tensors& masks) { return masks; }

namespace {

const bool kRegistered = register_layer("Identity", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Identity({.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
