#pragma once

#include <string>

#include "layers/data_format.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of the global pooling layers, in Keras' order.
struct GlobalPoolingOptions {
  DataFormat data_format = "channels_last";
  bool keepdims = false;  ///< keep the spatial axes, with size 1
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The options a configuration holds.
GlobalPoolingOptions global_pooling_options_from(const Config& config);

/// What the global pooling layers share: all positions become one.
class BaseGlobalPoolingLayer : public Layer {
 public:
  Config config() const override;

 protected:
  BaseGlobalPoolingLayer(std::int64_t rank, const GlobalPoolingOptions& options);
  const GlobalPoolingOptions& options() const { return options_; }

 private:
  GlobalPoolingOptions options_;
};

/// Global pooling that takes the greatest value of each channel.
class BaseGlobalMaxPoolingLayer : public BaseGlobalPoolingLayer {
 protected:
  using BaseGlobalPoolingLayer::BaseGlobalPoolingLayer;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
};

/// Global pooling that takes the mean of each channel.
class BaseGlobalAveragePoolingLayer : public BaseGlobalPoolingLayer {
 protected:
  using BaseGlobalPoolingLayer::BaseGlobalPoolingLayer;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
};

}  // namespace cornu::layers
