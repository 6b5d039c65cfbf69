#pragma once

namespace cornu {

class Layer;

/// While it lives, a layer's call may call layers with weights that the layer does not hold: they keep their weights to
/// themselves, and the layer neither trains nor saves them. For functions written elsewhere, which a layer stands
/// around.
class UnheldLayersScope {
 public:
  explicit UnheldLayersScope(const Layer& caller);
  UnheldLayersScope(const UnheldLayersScope&) = delete;
  UnheldLayersScope& operator=(const UnheldLayersScope&) = delete;
  ~UnheldLayersScope();

 private:
  const Layer* outer_;
};

}  // namespace cornu
