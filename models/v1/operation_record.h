#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/graph/node.h"
#include "framework/tensor.h"
#include "framework/variable.h"

namespace cornu {
class Layer;
}

namespace cornu::v1 {

struct OperationRecord;
struct VariableRecord;

/// Computes the outputs of an operation from its inputs, on values or on symbols.
using Compute = std::function<cornu::Tensors(const cornu::Tensors& inputs)>;

/// What operations that are more than functions of their inputs can ask of the run they are part of.
class Run {
 public:
  virtual ~Run() = default;
  /// What a tensor of the session's graph stands for in this run.
  virtual cornu::Tensor value(const cornu::Tensor& symbol) = 0;
  /// The variable's value before the run; needs it to be initialised.
  virtual cornu::Tensor value_at_start(const VariableRecord& variable) = 0;
  /// The value after what the run has assigned so far.
  virtual cornu::Tensor current_value(const VariableRecord& variable) = 0;
  virtual void assign(const VariableRecord& variable, const cornu::Tensor& value) = 0;
  /// The variable's value before the run if it had one, else `initial`.
  virtual cornu::Tensor value_or(const VariableRecord& variable, const cornu::Tensor& initial) = 0;
  /// Whether the variable had a value before the run: a bool scalar.
  virtual cornu::Tensor is_initialized(const VariableRecord& variable) = 0;
  /// The state of an operation's random numbers, another one for each run.
  virtual cornu::Tensor random_state(const OperationRecord& operation) = 0;
};

using Execute = std::function<cornu::Tensors(Run& run, const OperationRecord& record)>;

/// One side of a cond: operations made in it run only when it is taken.
struct Branch {
  std::shared_ptr<const Branch> outer;
};

/// A cond: what decides, and what each of its Merge operations chooses from.
struct Conditional {
  cornu::Tensor predicate;
  std::shared_ptr<const Branch> then_branch;
  std::shared_ptr<const Branch> else_branch;
  cornu::Tensors then_outputs;
  cornu::Tensors else_outputs;
};

/// A while_loop: two functions of the loop variables, each made of operations of its own branch.
struct Loop {
  struct Function {
    std::shared_ptr<const Branch> branch;
    cornu::Tensors parameters;
    cornu::Tensors outputs;
  };
  Function condition;
  Function body;
};

/// An operation as TensorFlow knows it: a node of the graph with a name, a type, and operations that come before it.
struct OperationRecord {
  std::string name;
  std::string type;
  std::shared_ptr<Node> node;
  std::vector<const OperationRecord*> control_inputs;
  std::shared_ptr<const Branch> branch;  ///< in which it was made; null outside of any cond

  /// One of them; neither for an operation of a Keras layer, which its node describes.
  Compute compute;
  Execute execute;
  /// Whether its first input names the variable that it changes, and is not read.
  bool first_input_is_reference = false;
  /// Whether gradients pass from its outputs to its inputs.
  bool is_differentiable = true;

  std::shared_ptr<VariableRecord> variable;        ///< of a variable's own node
  std::shared_ptr<const Conditional> conditional;  ///< of a Merge, with the number of its output
  std::size_t conditional_output = 0;
  std::shared_ptr<const Loop> loop;  ///< of a While
  std::uint64_t random_seed = 0;     ///< of an operation that draws random numbers
  cornu::Tensor constant;            ///< value of a Const
};

/// A variable of a graph. Its values are those of each session; the layer's own variable gets them when it is handed
/// over.
struct VariableRecord {
  std::string name;  ///< of its node: "fc1/kernel"
  cornu::Variable variable;
  std::weak_ptr<Layer> layer;  ///< that owns `variable`
  bool trainable = true;
  cornu::Tensor handle;         ///< the output of its node
  cornu::Tensor read;           ///< its standing read, "fc1/kernel/read"
  cornu::Tensor initial_value;  ///< as built in the graph
  const OperationRecord* initializer = nullptr;
  std::function<cornu::Tensor(const cornu::Tensor&)> constraint;
};

}  // namespace cornu::v1
