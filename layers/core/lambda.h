#pragma once

#include <functional>

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Lambda.
struct LambdaOptions {
  bool supports_masking = false;  ///< let the mask of the first input through
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class LambdaLayer;

/// A C++ function as a layer: `Lambda([](const Inputs& x, const CallContext&) -> Outputs { return x[0] * 2.0; })`.
///
/// For a step without weights that no layer offers. The function runs whenever the layer is traced, not for every
/// batch, and may use operations only. **Inputs** and **Output**: those of the function. A model with it cannot be
/// loaded as a whole, because a file holds no code: build it in C++ and load the weights, or write a class
/// (`docs/add_a_layer.md`). **Throws** InvalidArgument for an empty function. **See**: `keras.layers.Lambda`.
class Lambda : public Shared<LambdaLayer> {
 public:
  using Function = std::function<Outputs(const Inputs& inputs, const CallContext& context)>;
  explicit Lambda(Function function, const LambdaOptions& options = {});
  /// For a function of one tensor: `Lambda(ops::square)`.
  explicit Lambda(Tensor (*function)(const Tensor& x), const LambdaOptions& options = {});
};

/// Body of Lambda.
class LambdaLayer : public Layer {
 public:
  LambdaLayer(Lambda::Function function, const LambdaOptions& options);

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  Lambda::Function function_;
};

}  // namespace cornu::layers
