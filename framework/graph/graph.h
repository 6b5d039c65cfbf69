#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/graph/node.h"
#include "framework/tensor.h"
#include "framework/tracer.h"
#include "framework/variable.h"

namespace cornu {

/// A computation being written down: its nodes in the order they were made, its placeholders, and what it assigns.
class Graph : public Tracer, public std::enable_shared_from_this<Graph> {
 public:
  explicit Graph(std::string name = "graph") : name_(std::move(name)) {}

  /// The body of a function inside another graph: tensors of that graph, and its variables, become inputs of this one.
  Graph(std::string name, const std::shared_ptr<Graph>& parent) : name_(std::move(name)), parent_(parent) {}

  /// The graph around this one; null once that is gone.
  std::shared_ptr<Graph> parent() const { return parent_.lock(); }
  bool is_inside(const Graph& other) const;

  /// A tensor of a surrounding graph as a placeholder of this one, the same for the same tensor.
  Tensor capture(const Tensor& outer);
  /// What was captured, in order: the tensor of the parent, and the placeholder here.
  const std::vector<std::pair<Tensor, Tensor>>& captures() const { return captures_; }

  const std::string& name() const { return name_; }
  const std::vector<std::shared_ptr<Node>>& nodes() const { return nodes_; }
  const Tensors& placeholders() const { return placeholders_; }

  /// A symbol to be fed; dimensions of the shape may be unknown.
  Tensor placeholder(const TensorSpec& spec, const std::string& name = {});

  /// The variable's value here: what was assigned to it in this graph so far, else a node that reads it.
  Tensor read(const Variable& variable) override;

  /// Makes `value` the variable's value once the graph has run; later reads in this graph see it.
  void assign(const Variable& variable, const Tensor& value) override;

  /// Variables with the values they are to get, in the order of first assignment.
  const std::vector<std::pair<Variable, Tensor>>& updates() const { return updates_; }

  /// The variable that a `read_variable` node reads.
  std::shared_ptr<VariableState> variable_read_by(const Node& node) const { return read_by_.at(&node); }

  /// Appends a node; used by `apply`.
  virtual std::shared_ptr<Node> add(const Operation& operation, Tensors inputs, Attributes attributes,
                                    TensorSpecs outputs);

 private:
  std::string name_;
  std::weak_ptr<Graph> parent_;  // which owns the node that owns this graph
  std::vector<std::pair<Tensor, Tensor>> captures_;
  std::map<Tensor::Key, Tensor> captured_;  // what captures_ holds, by the outer tensor
  std::vector<std::shared_ptr<Node>> nodes_;
  Tensors placeholders_;
  std::map<const VariableState*, Tensor> reads_;
  std::map<const Node*, std::shared_ptr<VariableState>> read_by_;
  std::vector<std::pair<Variable, Tensor>> updates_;
  std::map<const VariableState*, std::size_t> update_of_;  // position in updates_
};

/// While it lives, this thread traces into `graph`: variables are read as symbols and assigned as updates of the graph.
class GraphScope {
 public:
  explicit GraphScope(std::shared_ptr<Graph> graph);
  GraphScope(const GraphScope&) = delete;
  GraphScope& operator=(const GraphScope&) = delete;
  ~GraphScope();

  /// The innermost graph this thread traces into, or null in eager execution.
  static std::shared_ptr<Graph> current();

 private:
  std::shared_ptr<Graph> outer_;
};

}  // namespace cornu
