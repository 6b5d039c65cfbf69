#pragma once

#include "layers/data_format.h"
#include "layers/reshaping/border_sizes.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of ZeroPadding1D, 2D and 3D, in Keras' order.
struct ZeroPaddingOptions {
  BorderSizes padding = 1;  ///< how many zeros: for all ends, each axis, or each end
  DataFormat data_format = "channels_last";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Body of the layers that put zeros around the spatial axes.
class BaseZeroPaddingLayer : public Layer {
 public:
  BaseZeroPaddingLayer(const std::string& class_name, std::size_t rank, const ZeroPaddingOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<BorderSizes::Ends> padding_;
  DataFormat data_format_;
};

ZeroPaddingOptions zero_padding_options_from(const Config& config, std::size_t rank);

}  // namespace cornu::layers
