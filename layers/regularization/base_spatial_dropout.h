#pragma once

#include "layers/data_format.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Body of the layers that drop whole channels.
class BaseSpatialDropoutLayer : public Layer {
 public:
  BaseSpatialDropoutLayer(const std::string& class_name, std::int64_t rank, double rate, const DataFormat& data_format,
                          std::optional<std::int64_t> seed, const LayerSettings& settings);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::int64_t rank_;
  double rate_;
  DataFormat data_format_;
  std::optional<std::int64_t> seed_;
};

}  // namespace cornu::layers
