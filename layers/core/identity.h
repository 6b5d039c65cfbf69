#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Identity.
struct IdentityOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class IdentityLayer;

/// Passes its inputs on, as they are: a place to name, or a stand-in for a layer that is left out.
///
/// **Inputs**: one or more of any shape. **Output**: the same. **See**: `keras.layers.Identity`.
class Identity : public Shared<IdentityLayer> {
 public:
  explicit Identity(const IdentityOptions& options = {});
};

/// Body of Identity.
class IdentityLayer : public Layer {
 public:
  explicit IdentityLayer(const IdentityOptions& options);

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;
};

}  // namespace cornu::layers
