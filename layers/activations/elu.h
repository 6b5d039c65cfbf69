#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of ELU, in Keras' order.
struct ELUOptions {
  double alpha = 1.0;  ///< the value that very negative inputs approach is `-alpha`
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class ELULayer;

/// Exponential linear unit: `x` above 0, `alpha * (exp(x) - 1)` else.
///
/// **Inputs**: any shape. **Output**: the same shape. **See**: Clevert et al., 2016; `keras.layers.ELU`.
class ELU : public Shared<ELULayer> {
 public:
  explicit ELU(const ELUOptions& options = {});
};

/// Body of ELU.
class ELULayer : public Layer {
 public:
  explicit ELULayer(const ELUOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double alpha_;
};

}  // namespace cornu::layers
