#include "layers/merging/multiply.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reshape.h"
#include "framework/ops/where.h"
#include "layers/registry.h"

namespace cornu::layers {

Multiply::Multiply(const MergeOptions& options) : Shared(options) {}

Tensor MultiplyLayer::merge(const Tensors& inputs, const Tensors& masks) const {
  Tensor product;
  Tensor any_mask;
  bool all_masked = true;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Tensor x = inputs[i];
    const bool masked = i < masks.size() && masks[i].defined();
    if (masked) {
      const Tensor mask = ops::broadcast_like(ops::expand_dims(masks[i], -1), x);
      x = ops::where(mask, x, 1.0);
      any_mask = any_mask.defined() ? ops::logical_or(any_mask, mask) : mask;
    }
    all_masked = all_masked && masked;
    product = product.defined() ? product * x : x;
  }
  // Where no input counts at all the product is 0, not the neutral 1.
  return all_masked ? ops::where(any_mask, product, 0.0) : product;
}

namespace {

const bool kRegistered =
    register_layer("Multiply", [](const Config& config) -> AnyLayer { return Multiply(merge_options_from(config)); });

}  // namespace

}  // namespace cornu::layers
