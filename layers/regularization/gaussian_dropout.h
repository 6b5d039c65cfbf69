#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of GaussianDropout, in Keras' order.
struct GaussianDropoutOptions {
  std::optional<std::int64_t> seed = {};  ///< random where none is given
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class GaussianDropoutLayer;

/// Multiplies by normal noise of mean 1 and standard deviation `sqrt(rate / (1 - rate))` while training.
///
/// **Inputs**: any shape. **Output**: the same; the input itself in inference. **Throws** InvalidArgument for a rate
/// outside [0, 1], and when it trains with a rate of 1. **See**: Srivastava et al., 2014;
/// `keras.layers.GaussianDropout`, whose random numbers differ.
class GaussianDropout : public Shared<GaussianDropoutLayer> {
 public:
  /// `rate`: of the dropout that has noise of that variance.
  explicit GaussianDropout(double rate, const GaussianDropoutOptions& options = {});
};

/// Body of GaussianDropout.
class GaussianDropoutLayer : public Layer {
 public:
  GaussianDropoutLayer(double rate, const GaussianDropoutOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double rate_;
  GaussianDropoutOptions options_;
};

}  // namespace cornu::layers
