#pragma once

#include "layers/data_format.h"
#include "layers/reshaping/border_sizes.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Body of the layers that cut off the ends of the spatial axes.
class BaseCroppingLayer : public Layer {
 public:
  /// What the constructors of the three layers have in common.
  struct Arguments {
    BorderSizes cropping = 0;
    DataFormat data_format = {};
    std::string name = {};
    bool trainable = true;
    DTypePolicy dtype = {};
  };

  BaseCroppingLayer(const std::string& class_name, std::size_t rank, const Arguments& arguments);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<BorderSizes::Ends> cropping_;
  DataFormat data_format_;
};

}  // namespace cornu::layers
