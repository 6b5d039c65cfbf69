#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Dropout, in Keras' order.
struct DropoutOptions {
  std::optional<std::vector<std::int64_t>> noise_shape = {};  ///< 1 at axes along which elements share their fate,
                                                              ///< `kUnknown` or the size at others
  std::optional<std::int64_t> seed = {};                      ///< random where none is given
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class DropoutLayer;

/// Sets elements to 0 at random while training and scales the others up, so that the expectation stays.
///
/// **Inputs**: any shape. **Output**: the same; the input itself in inference. **Throws** InvalidArgument for a rate
/// outside [0, 1] or a noise shape with sizes below 1. **See**: Srivastava et al., 2014; `keras.layers.Dropout`, whose
/// random numbers differ.
class Dropout : public Shared<DropoutLayer> {
 public:
  /// `rate`: how many elements are set to 0, as a fraction.
  explicit Dropout(double rate, const DropoutOptions& options = {});
};

/// Body of Dropout.
class DropoutLayer : public Layer {
 public:
  DropoutLayer(double rate, const DropoutOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double rate_;
  DropoutOptions options_;
};

}  // namespace cornu::layers
