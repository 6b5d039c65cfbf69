#pragma once

#include "layers/merging/base_merge.h"

namespace cornu::layers {

/// Options of Dot, in Keras' order.
struct DotOptions {
  bool normalize = false;  ///< divide both inputs by their length along the axes first: gives the cosine
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class DotLayer;

/// Products of two batches of vectors, matrices, ..., example by example, summed along one axis of each.
///
/// **Inputs**: two, given as a list: x `(batch, ...)` and y `(batch, ...)`, with one size along their axes.
/// **Output**: the axes of x without its own, then those of y without the batch and its own; `(batch, 1)` for two
/// vectors. Has no mask. **Throws** ShapeError when the sizes differ, InvalidArgument for axis 0.
/// **See**: `keras.layers.Dot`.
class Dot : public Shared<DotLayer> {
 public:
  /// `axis`: of both inputs; negative ones count from the back.
  explicit Dot(std::int64_t axis, const DotOptions& options = {});
  /// `axes`: that of the first input and that of the second.
  explicit Dot(const std::vector<std::int64_t>& axes, const DotOptions& options = {});
};

/// Body of Dot.
class DotLayer : public BaseMergeLayer {
 public:
  DotLayer(const std::vector<std::int64_t>& axes, const DotOptions& options);
  Config config() const override;

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;
  Tensor merge(const Tensors& inputs, const Tensors& masks) const override;

 private:
  std::int64_t axis_of(std::size_t input, const Shape& shape) const;

  std::vector<std::int64_t> axes_;  // one for both inputs, or one each, as it was given
  bool normalize_;
};

}  // namespace cornu::layers
