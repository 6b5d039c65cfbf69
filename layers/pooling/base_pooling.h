#pragma once

#include <string>
#include <vector>

#include "layers/data_format.h"
#include "layers/shared.h"
#include "layers/spatial_sizes.h"

namespace cornu::layers {

/// Options of MaxPooling1D, AveragePooling2D and so on, in Keras' order.
struct PoolingOptions {
  SpatialSizes strides = {};      ///< how far the window moves; its own size by default
  std::string padding = "valid";  ///< "valid" or "same"; what "same" adds counts neither for a maximum nor for a mean
  DataFormat data_format = "channels_last";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The options a configuration holds, all but the size of the window.
PoolingOptions pooling_options_from(const Config& config);

/// What the pooling layers share: arguments, layout, configuration.
class BasePoolingLayer : public Layer {
 public:
  Config config() const override;

 protected:
  BasePoolingLayer(const std::string& class_name, std::size_t rank, const SpatialSizes& pool_size,
                   const PoolingOptions& options);
  Outputs call(const Inputs& inputs, const CallContext& context) override;

  /// The pooling itself, of a tensor with channels last.
  virtual Tensor pool(const Tensor& x) const = 0;

  const std::vector<std::int64_t>& pool_size() const { return pool_size_; }
  const std::vector<std::int64_t>& strides() const { return strides_; }
  const std::string& padding() const { return options_.padding; }

 private:
  std::vector<std::int64_t> pool_size_;
  std::vector<std::int64_t> strides_;
  PoolingOptions options_;
};

/// Pooling that takes the greatest value in the window.
class BaseMaxPoolingLayer : public BasePoolingLayer {
 protected:
  using BasePoolingLayer::BasePoolingLayer;
  Tensor pool(const Tensor& x) const override;
};

/// Pooling that takes the mean of the values in the window.
class BaseAveragePoolingLayer : public BasePoolingLayer {
 protected:
  using BasePoolingLayer::BasePoolingLayer;
  Tensor pool(const Tensor& x) const override;
};

}  // namespace cornu::layers
