#include "framework/graph/node.h"

#include "framework/graph/graph.h"

namespace cornu {
Node::Node(const Operation& operation, Tensors inputs, Attributes attributes, TensorSpecs outputs,
           const std::shared_ptr<Graph>& graph)
    : operation_(operation),
      attributes_(std::move(attributes)),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)),
      graph_(graph) {}

Tensor Node::output(std::size_t i) const {
  if (!values_.empty()) {
    return Tensor::from_storage(values_.at(i), outputs_.at(i)).with_origin(shared_from_this(), static_cast<int>(i));
  }
  return Tensor::symbol(outputs_.at(i), shared_from_this(), static_cast<int>(i), graph_.lock());
}

std::shared_ptr<const Node> Node::of(const Tensor& tensor) {
  return std::dynamic_pointer_cast<const Node>(tensor.origin());
}

}  // namespace cornu
