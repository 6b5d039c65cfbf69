#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Reshape.
struct ReshapeOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class ReshapeLayer;

/// The elements of each example, in their order, under another shape.
///
/// **Inputs**: `(batch, ...)`. **Output**: `(batch, target_shape...)`.
/// **Throws** InvalidArgument for more than one -1 or a size below it, ShapeError when the number of elements differs.
/// **See**: `keras.layers.Reshape`.
class Reshape : public Shared<ReshapeLayer> {
 public:
  /// `target_shape`: without the batch; one size may be -1 and follows from the rest.
  explicit Reshape(const Shape& target_shape, const ReshapeOptions& options = {});
};

/// Body of Reshape.
class ReshapeLayer : public Layer {
 public:
  ReshapeLayer(const Shape& target_shape, const ReshapeOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  Shape target_shape_;
};

}  // namespace cornu::layers
