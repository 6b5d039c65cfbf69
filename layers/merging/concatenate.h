#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

/// Options of Concatenate, in Keras' order.
struct ConcatenateOptions {
  std::int64_t axis = -1;  ///< along which the inputs are put together
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class ConcatenateLayer;

/// The inputs one after the other along an axis.
///
/// **Inputs**: one or more, given as a list, of one shape but for that axis. **Output**: as long there as they
/// together.
/// **Throws** ShapeError when other axes differ. **See**: `keras.layers.Concatenate`.
class Concatenate : public Shared<ConcatenateLayer> {
 public:
  explicit Concatenate(const ConcatenateOptions& options = {});
};

/// Body of Concatenate.
class ConcatenateLayer : public BaseMergeLayer {
 public:
  explicit ConcatenateLayer(const ConcatenateOptions& options);
  Config config() const override;

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;

 private:
  std::int64_t axis_;
};

}  // namespace cornu::layers
