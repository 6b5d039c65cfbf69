#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of GaussianNoise, in Keras' order.
struct GaussianNoiseOptions {
  std::optional<std::int64_t> seed = {};  ///< random where none is given
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class GaussianNoiseLayer;

/// Adds normal noise of mean 0 while training: data that varies without end.
///
/// **Inputs**: any shape. **Output**: the same; the input itself in inference. **Throws** InvalidArgument for a
/// standard deviation outside [0, 1]. **See**: `keras.layers.GaussianNoise`, whose random numbers differ.
class GaussianNoise : public Shared<GaussianNoiseLayer> {
 public:
  /// `stddev`: standard deviation of the noise.
  explicit GaussianNoise(double stddev, const GaussianNoiseOptions& options = {});
};

/// Body of GaussianNoise.
class GaussianNoiseLayer : public Layer {
 public:
  GaussianNoiseLayer(double stddev, const GaussianNoiseOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  double stddev_;
  GaussianNoiseOptions options_;
};

}  // namespace cornu::layers
