#include "framework/graph/subgraph.h"

#include <map>

namespace cornu {

TensorSpecs Subgraph::infer(std::span<const TensorSpec> input_specs) const {
  std::map<Tensor::Key, TensorSpec> specs;
  for (std::size_t i = 0; i < inputs.size(); ++i) specs[inputs[i].key()] = input_specs[i];
  const auto spec_of = [&](const Tensor& tensor) {
    const auto it = specs.find(tensor.key());
    return it == specs.end() ? tensor.spec() : it->second;
  };
  for (const auto& node : graph->nodes()) {
    if (!node->operation().infer) continue;
    TensorSpecs arguments;
    for (const Tensor& input : node->inputs()) arguments.push_back(spec_of(input));
    const TensorSpecs results = node->operation().infer(arguments, node->attributes());
    for (std::size_t i = 0; i < results.size(); ++i) specs[{node.get(), static_cast<int>(i)}] = results[i];
  }
  TensorSpecs result;
  for (const Tensor& output : outputs) result.push_back(spec_of(output));
  return result;
}

Tensors Subgraph::replay(const Tensors& arguments) const {
  std::map<Tensor::Key, Tensor> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) values[inputs[i].key()] = arguments[i];
  const auto value_of = [&](const Tensor& tensor) {
    const auto it = values.find(tensor.key());
    return it == values.end() ? tensor : it->second;
  };
  for (const auto& node : graph->nodes()) {
    if (!node->operation().infer) continue;
    Tensors operands;
    for (const Tensor& input : node->inputs()) operands.push_back(value_of(input));
    const Tensors results = apply(node->operation(), operands, node->attributes());
    for (std::size_t i = 0; i < results.size(); ++i) values[{node.get(), static_cast<int>(i)}] = results[i];
  }
  Tensors result;
  for (const Tensor& output : outputs) result.push_back(value_of(output));
  return result;
}

}  // namespace cornu
