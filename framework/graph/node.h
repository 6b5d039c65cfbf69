#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/attributes.h"
#include "framework/operation.h"
#include "framework/origin.h"
#include "framework/tensor.h"

namespace cornu {

/// One application of an operation: an origin of tensors.
///
/// A node owns its inputs. Of its outputs it knows the specs and, where it was computed eagerly, the memory, but not
/// the tensors: those own the node.
class Node final : public Origin, public std::enable_shared_from_this<Node> {
 public:
  Node(const Operation& operation, Tensors inputs, Attributes attributes, TensorSpecs outputs,
       const std::shared_ptr<Graph>& graph);

  const Operation& operation() const { return operation_; }
  const Attributes& attributes() const { return attributes_; }
  const Tensors& inputs() const { return inputs_; }
  const Tensor& input(std::size_t i) const { return inputs_.at(i); }
  std::size_t num_outputs() const { return outputs_.size(); }
  const TensorSpec& output_spec(std::size_t i) const { return outputs_.at(i); }

  /// Output `i` as a tensor.
  Tensor output(std::size_t i) const;

  std::shared_ptr<Graph> graph() const { return graph_.lock(); }

  /// Keeps the memory of eagerly computed outputs, which gradient rules read.
  void keep_values(std::vector<Storage> values) { values_ = std::move(values); }

  std::string describe() const override { return "operation '" + operation_.name + "'"; }

  /// The node behind a tensor, or null when something else (or nothing) made it.
  static std::shared_ptr<const Node> of(const Tensor& tensor);

 private:
  const Operation& operation_;
  Attributes attributes_;
  Tensors inputs_;
  TensorSpecs outputs_;
  std::vector<Storage> values_;
  std::weak_ptr<Graph> graph_;
};

}  // namespace cornu
