#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// One number for all features, or one for each of the last axis.
class FeatureScale {
 public:
  FeatureScale(int value) : FeatureScale(static_cast<double>(value)) {}
  FeatureScale(double value) : values_{value} {}
  FeatureScale(std::initializer_list<double> values) : values_(values), is_list_(true) {}
  FeatureScale(std::vector<double> values) : values_(std::move(values)), is_list_(true) {}
  /// From what a file holds: a number or a list; `otherwise` for null.
  static FeatureScale from_config(const Config& config, double otherwise);

  Config config() const { return is_list_ ? Config(values_) : Config(values_[0]); }
  /// A scalar or a vector of that dtype.
  Tensor tensor(DType dtype) const;

 private:
  std::vector<double> values_;
  bool is_list_ = false;
};

/// Options of Rescaling, in Keras' order.
struct RescalingOptions {
  FeatureScale offset = 0.0;  ///< added after scaling
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class RescalingLayer;

/// `x * scale + offset`, such as pixels from [0, 255] to [-1, 1]: `Rescaling(1.0 / 127.5, {.offset = -1.0})`.
///
/// **Inputs**: any shape; numbers of any dtype. **Output**: the same shape in the compute dtype.
/// **See**: `keras.layers.Rescaling`.
class Rescaling : public Shared<RescalingLayer> {
 public:
  explicit Rescaling(const FeatureScale& scale, const RescalingOptions& options = {});
};

/// Body of Rescaling.
class RescalingLayer : public Layer {
 public:
  RescalingLayer(const FeatureScale& scale, const RescalingOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  FeatureScale scale_;
  FeatureScale offset_;
};

}  // namespace cornu::layers
