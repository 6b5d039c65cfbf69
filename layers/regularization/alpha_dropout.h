#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of AlphaDropout, in Keras' order.
struct AlphaDropoutOptions {
  std::optional<std::vector<std::int64_t>> noise_shape = {};  ///< 1 at axes along which elements share their fate,
                                                              ///< `kUnknown` or the size at others
  std::optional<std::int64_t> seed = {};                      ///< random where none is given
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class AlphaDropoutLayer;

/// Dropout that keeps mean and variance: elements are set to selu's negative saturation at random while training.
///
/// For networks with the activation "selu" and the initializer "lecun_normal".
/// **Inputs**: any shape. **Output**: the same; the input itself in inference. **Throws** InvalidArgument for a rate
/// outside [0, 1] or a noise shape with sizes below 1. **See**: Klambauer et al., 2017; `keras.layers.AlphaDropout`,
/// whose random numbers differ.
class AlphaDropout : public Shared<AlphaDropoutLayer> {
 public:
  /// `rate`: how many elements are set to the saturation, as a fraction.
  explicit AlphaDropout(double rate, const AlphaDropoutOptions& options = {});
};

/// Body of AlphaDropout.
class AlphaDropoutLayer : public Layer {
 public:
  AlphaDropoutLayer(double rate, const AlphaDropoutOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double rate_;
  AlphaDropoutOptions options_;
};

}  // namespace cornu::layers
