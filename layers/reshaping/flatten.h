#pragma once

#include "layers/data_format.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of Flatten, in Keras' order.
struct FlattenOptions {
  DataFormat data_format = "channels_last";  ///< with "channels_first" the result is in the order of channels last
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class FlattenLayer;

/// All axes but the batch as one.
///
/// **Inputs**: `(batch, ...)`. **Output**: `(batch, product of the rest)`. **See**: `keras.layers.Flatten`.
class Flatten : public Shared<FlattenLayer> {
 public:
  explicit Flatten(const FlattenOptions& options = {});
};

/// Body of Flatten.
class FlattenLayer : public Layer {
 public:
  explicit FlattenLayer(const FlattenOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  DataFormat data_format_;
};

}  // namespace cornu::layers
