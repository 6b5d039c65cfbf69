#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/v1/tensor.h"

namespace cornu::v1 {

class GraphBody;
struct OperationRecord;

/// An operation of a graph: has a name, a type such as "MatMul", inputs, and operations that must run before it.
///
/// A handle; two are equal when they are the same operation. **See**: `tf.Operation`.
class Operation {
 public:
  Operation() = default;
  Operation(std::shared_ptr<GraphBody> graph, const OperationRecord& record)
      : graph_(std::move(graph)), record_(&record) {}
  /// The operation that makes a tensor.
  Operation(const Tensor& tensor);

  const std::string& name() const;
  const std::string& type() const;
  Tensors inputs() const;
  std::vector<Operation> control_inputs() const;
  Tensors outputs() const;
  Graph graph() const;

  /// Runs it in the default session. **Throws** ValueError without one, or with one of another graph.
  void run(const std::vector<std::pair<Tensor, cornu::Tensor>>& feeds = {}) const;

  bool operator==(const Operation& other) const { return record_ == other.record_; }

  // What follows serves the shim.
  const std::shared_ptr<GraphBody>& body() const { return graph_; }
  const OperationRecord& record() const { return *record_; }

 private:
  std::shared_ptr<GraphBody> graph_;
  const OperationRecord* record_ = nullptr;
};

}  // namespace cornu::v1
