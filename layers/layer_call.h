#pragma once

#include "framework/operation.h"
#include "framework/origin.h"
#include "layers/layer.h"

namespace cornu {

/// One call of a layer in a functional model: an origin of tensors.
class LayerCall final : public Origin {
 public:
  LayerCall(LayerPtr layer, Inputs inputs, CallOptions options, TensorSpecs outputs)
      : layer_(std::move(layer)),
        inputs_(std::move(inputs)),
        options_(std::move(options)),
        outputs_(std::move(outputs)) {}

  const LayerPtr& layer() const { return layer_; }
  const Inputs& inputs() const { return inputs_; }
  const CallOptions& options() const { return options_; }
  const TensorSpecs& output_specs() const { return outputs_; }

  /// All tensors that go in: inputs, masks, and those among the arguments.
  Tensors all_inputs() const;

  std::string describe() const override { return "layer '" + layer_->name() + "'"; }

 private:
  LayerPtr layer_;
  Inputs inputs_;
  CallOptions options_;
  TensorSpecs outputs_;
};

/// The same options with every tensor in them replaced by `replace(tensor)`.
CallOptions with_replaced_tensors(const CallOptions& options, const std::function<Tensor(const Tensor&)>& replace);

}  // namespace cornu
