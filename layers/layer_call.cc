#include "layers/layer_call.h"

namespace cornu {

Tensors LayerCall::all_inputs() const {
  Tensors all = inputs_.tensors();
  with_replaced_tensors(options_, [&](const Tensor& tensor) {
    all.push_back(tensor);
    return tensor;
  });
  return all;
}

CallOptions with_replaced_tensors(const CallOptions& options, const std::function<Tensor(const Tensor&)>& replace) {
  CallOptions result = options;
  const auto replaced = [&](Tensor& tensor) {
    if (tensor.defined()) tensor = replace(tensor);
  };
  for (Tensor& mask : result.mask) replaced(mask);
  for (auto& [name, argument] : result.arguments) {
    if (auto* tensor = std::get_if<Tensor>(&argument)) replaced(*tensor);
    if (auto* tensors = std::get_if<Tensors>(&argument)) {
      for (Tensor& tensor : *tensors) replaced(tensor);
    }
  }
  return result;
}

}  // namespace cornu
