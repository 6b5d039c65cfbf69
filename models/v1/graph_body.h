#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "framework/graph/graph.h"
#include "layers/layer.h"
#include "models/v1/immediate.h"
#include "models/v1/name_book.h"
#include "models/v1/operation_record.h"
#include "models/v1/scope_store.h"

namespace cornu::v1 {

/// An item of a collection.
using CollectionItem = std::variant<cornu::Tensor, std::shared_ptr<VariableRecord>, const OperationRecord*>;

/// What is made of an operation when it joins a graph.
struct NewOperation {
  std::string type;
  cornu::Tensors inputs = {};
  TensorSpecs outputs = {};
  Compute compute = {};
  Execute execute = {};
  bool first_input_is_reference = false;
  bool is_differentiable = true;
};

/// A graph with TensorFlow's two books of names: the framework's Graph, each node of which has a name, a type and
/// control inputs, and beside it variables, collections and scopes.
///
/// Operations of the shim are made by `add_operation`; what Keras layers and `cornu::ops` do with tensors of the graph
/// arrives through `add`, `read` and `assign`, as in any Graph, and gets names here.
class GraphBody final : public cornu::Graph {
 public:
  explicit GraphBody(const std::string& name) : cornu::Graph(name) {}

  std::shared_ptr<GraphBody> shared() { return std::static_pointer_cast<GraphBody>(shared_from_this()); }

  // ---- names

  /// The name scope in force, without a trailing slash; empty at the root.
  const std::string& name_scope() const { return name_scope_; }
  void set_name_scope(std::string scope) { name_scope_ = std::move(scope); }
  /// Where a scope of that name leads: made unique, or re-entered where the name ends in a slash.
  std::string unique_scope(const std::string& name);

  // ---- operations

  /// Adds an operation; `name` is complete, as `unique_scope` gives it.
  OperationRecord& add_operation(const std::string& name, NewOperation operation);
  /// The same under a default name or one that was given.
  OperationRecord& add_named(const std::string& name, NewOperation operation) {
    return add_operation(unique_scope(name), std::move(operation));
  }
  /// A Const of that complete name.
  cornu::Tensor add_constant(const std::string& name, const cornu::Tensor& value);

  const std::vector<std::unique_ptr<OperationRecord>>& records() const { return records_; }
  const OperationRecord* find(const std::string& name) const;
  const OperationRecord& record_of(const cornu::Tensor& tensor) const;
  OperationRecord& record_of(const cornu::Tensor& tensor);
  static std::string tensor_name(const OperationRecord& record, int output);

  void finalize() { finalized_ = true; }
  void check_not_finalized() const;

  // ---- order

  /// Operations made from now on come after these; null forgets those of the scopes around.
  void push_control_inputs(std::optional<std::vector<const OperationRecord*>> operations);
  void pop_control_inputs();

  const std::shared_ptr<const Branch>& branch() const { return branch_; }
  void set_branch(std::shared_ptr<const Branch> branch) { branch_ = std::move(branch); }

  // ---- what a graph holds besides

  std::map<std::string, std::vector<CollectionItem>> collections;
  std::vector<std::shared_ptr<VariableRecord>> variables;
  ScopeStore scopes;
  std::optional<std::int64_t> seed;
  /// The stream of random numbers of an operation that is given this seed of its own, or none.
  std::uint64_t random_stream(std::optional<std::int64_t> operation_seed);

  std::shared_ptr<VariableRecord> variable_of(const cornu::Variable& variable) const;
  /// Lists a variable, in the collections named or in GLOBAL_VARIABLES, and in TRAINABLE_VARIABLES if it is.
  void add_variable(const std::shared_ptr<VariableRecord>& record, const std::vector<std::string>& collections = {});
  /// The name of a layer in this graph: counted by class in the order in which the thread made them.
  std::string layer_name(const Layer& layer);
  /// "dense", then "dense_1": layers of tf.layers count as well.
  std::string next_layer_name(const std::string& base);
  void layer_made(const std::shared_ptr<Layer>& layer);
  /// True the first time it is asked for a layer.
  bool first_meets(const Layer& layer);

  // ---- Graph, as layers and operations on tensors see it

  std::shared_ptr<Node> add(const cornu::Operation& operation, cornu::Tensors inputs, Attributes attributes,
                            TensorSpecs outputs) override;
  cornu::Tensor read(const cornu::Variable& variable) override;
  void assign(const cornu::Variable& variable, const cornu::Tensor& value) override;

  /// Makes the nodes of the variables that belong to a Keras layer, where there are none yet.
  void add_layer_variables(const std::shared_ptr<Layer>& layer);

 private:
  struct Controller {
    std::vector<const OperationRecord*> inputs;
    std::set<const OperationRecord*> made_inside;
  };
  void add_layer_variable(const std::shared_ptr<Layer>& layer, const Weight& weight);
  cornu::Tensor initial_value_of(const Weight& weight, const std::string& scope);
  std::vector<const OperationRecord*> control_inputs_for(const OperationRecord& made);
  OperationRecord& add_record(const std::string& name, const std::string& type, std::shared_ptr<Node> node);

  NameBook names_;
  std::string name_scope_;
  std::vector<std::unique_ptr<OperationRecord>> records_;
  std::unordered_map<const Node*, OperationRecord*> by_node_;
  std::unordered_map<std::string, OperationRecord*> by_name_;
  std::vector<std::vector<Controller>> controllers_{{}};  // a None scope starts a new list
  std::shared_ptr<const Branch> branch_;
  std::map<const VariableState*, std::shared_ptr<VariableRecord>> by_variable_;
  std::map<std::string, int> layer_counts_;
  std::map<std::uint64_t, std::string> layer_names_;  // by the layer's creation number
  std::set<std::uint64_t> met_layers_;
  std::uint64_t num_random_operations_ = 0;
  bool finalized_ = false;
};

/// The graph new operations without inputs join. **See**: `tf.compat.v1.get_default_graph`.
std::shared_ptr<GraphBody> default_body();
/// The same, to be exchanged.
std::shared_ptr<GraphBody>& mutable_default_body();

/// The graph in which an operation on these inputs is made: that of the symbols among them, else the default graph.
/// Null where it is computed at once, or belongs to a model that is being traced: in a ScopedLayer, and for tensors of
/// other graphs than the shim's.
/// **Throws** ValueError naming both tensors when they are of two graphs.
std::shared_ptr<GraphBody> body_for(const cornu::Tensors& inputs);

/// The shim's graph a tensor belongs to, or null.
std::shared_ptr<GraphBody> body_of(const cornu::Tensor& tensor);

/// A name scope while it lives.
class NameScopeGuard {
 public:
  NameScopeGuard(std::shared_ptr<GraphBody> body, std::string scope);
  NameScopeGuard(const NameScopeGuard&) = delete;
  NameScopeGuard& operator=(const NameScopeGuard&) = delete;
  ~NameScopeGuard();

 private:
  std::shared_ptr<GraphBody> body_;
  std::string outer_;
};

}  // namespace cornu::v1
