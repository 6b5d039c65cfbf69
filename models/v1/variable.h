#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/variable.h"
#include "models/v1/initializer.h"
#include "models/v1/operation.h"
#include "models/v1/tensor.h"

namespace cornu::v1 {

class Session;
struct VariableRecord;

using Constraint = std::function<Tensor(const Tensor& value)>;

struct VariableOptions {
  std::string name = "Variable";
  std::optional<DType> dtype = {};
  bool trainable = true;
  std::vector<std::string> collections = {};  ///< instead of GLOBAL_VARIABLES
  Constraint constraint = {};
};

/// A variable of a graph, "fc1/kernel:0"; each session has a value of its own for it.
///
/// A handle: copies are the same variable. Where a tensor is expected it stands for its standing read,
/// "fc1/kernel/read". What a custom getter made instead of a variable travels as one too; then `is_tensor()`.
/// **See**: `tf.compat.v1.Variable`.
class Variable {
 public:
  Variable() = default;
  /// A new variable of the default graph, named under the current name scope.
  explicit Variable(const Initializer& initial_value, const VariableOptions& options = {});
  /// What a custom getter returns that is no variable.
  static Variable of_tensor(const Tensor& tensor);

  Variable(std::shared_ptr<GraphBody> graph, std::shared_ptr<VariableRecord> record)
      : graph_(std::move(graph)), record_(std::move(record)) {}

  bool defined() const { return record_ || tensor_.defined(); }
  bool is_tensor() const { return !record_; }
  /// "fc1/kernel:0"
  std::string name() const;
  Shape shape() const;
  DType dtype() const;
  bool trainable() const;
  Operation op() const;
  Graph graph() const;

  /// The standing read: the value from before a run's assignments.
  Tensor value() const;
  operator Tensor() const { return value(); }
  /// A new read, which waits for the control dependencies in force.
  Tensor read_value() const;
  /// The value where there is one, else the initial value.
  Tensor initialized_value() const;
  Tensor initial_value() const;
  /// The operation that gives it its initial value.
  Operation initializer() const;
  Tensor eval() const { return value().eval(); }

  /// Sets the value in a session from outside. **Throws** ValueError for another shape.
  void load(const cornu::Tensor& value, Session& session) const;

  /// The layer's variable behind it, which has values of its own until they are handed over.
  const cornu::Variable& layer_variable() const;

  bool operator==(const Variable& other) const;

  const std::shared_ptr<VariableRecord>& record() const { return record_; }
  const std::shared_ptr<GraphBody>& body() const { return graph_; }

 private:
  std::shared_ptr<GraphBody> graph_;
  std::shared_ptr<VariableRecord> record_;
  Tensor tensor_;
};
using Variables = std::vector<Variable>;

/// The variable of the default graph that stands for a layer's; undefined where the graph has not met it.
Variable variable_of(const cornu::Variable& variable);

/// The variable whose node makes this tensor, "w:0"; undefined for other tensors.
Variable variable_of(const Tensor& tensor);

/// Operations that change variables; fetched, they give the new value.
/// **Throws** ValueError for another shape, TypeError for another dtype.
Tensor assign(const Variable& variable, const Tensor& value, const std::string& name = {});
Tensor assign_add(const Variable& variable, const Tensor& value, const std::string& name = {});
Tensor assign_sub(const Variable& variable, const Tensor& value, const std::string& name = {});

Variables global_variables(const std::string& scope = {});
Variables local_variables(const std::string& scope = {});
Variables trainable_variables(const std::string& scope = {});

/// Operations that initialise the variables there are now.
Operation global_variables_initializer();
Operation local_variables_initializer();
Operation variables_initializer(const Variables& variables, const std::string& name = "init");
/// Fetched, the names of global and local variables without a value in the session.
Operation report_uninitialized_variables(const std::string& name = "report_uninitialized_variables");
Tensor is_variable_initialized(const Variable& variable);

/// A variable of the graph that counts steps, int64; the optimizers add to it. **See**: `tf.train`.
Variable create_global_step();
Variable get_or_create_global_step();

}  // namespace cornu::v1
