#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of the layers that merge tensors.
struct MergeOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Body of the layers that merge several tensors into one, element by element.
///
/// Inputs broadcast; one with fewer axes gets axes of size 1 behind the batch. The result has a mask where every input
/// has one: true where any of them is.
class BaseMergeLayer : public Layer {
 public:
  explicit BaseMergeLayer(const MergeOptions& options);

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

  /// The result, from inputs of equal rank; a mask may be undefined.
  virtual Tensor merge(const Tensors& inputs, const Tensors& masks) const = 0;

  /// **Throws** InvalidArgument unless the layer was called on a list of that many inputs, any number for 0.
  void check_is_list(const Inputs& inputs, std::size_t count = 0) const;
};

MergeOptions merge_options_from(const Config& config);

/// `operation` over all inputs, of which those that are masked out do not count.
Tensor merge_unmasked(const Tensors& inputs, const Tensors& masks, Tensor (*operation)(const Tensor&, const Tensor&));

}  // namespace cornu::layers
