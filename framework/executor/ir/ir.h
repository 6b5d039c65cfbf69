#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/attributes.h"
#include "framework/graph/graph.h"
#include "framework/kernel.h"
#include "framework/operation.h"
#include "framework/variable.h"

namespace cornu {

/// Something a program computes with: known by its number in `Ir::values`.
struct IrValue {
  enum class Kind { kComputed, kFeed, kConstant, kVariable };
  Kind kind = Kind::kComputed;
  TensorSpec spec;
  Tensor constant;    ///< of a constant
  Variable variable;  ///< of a variable
};

/// One step: an operation on values.
struct IrNode {
  const Operation* operation = nullptr;
  Attributes attributes;
  std::vector<int> inputs;
  std::vector<int> outputs;
};

/// A program between tracing and running: what the passes work on. All shapes are known.
///
/// Nodes stand in an order in which values are computed before they are used.
struct Ir {
  Backend backend = Backend::kCpu;  ///< whose kernels it is for
  std::vector<IrValue> values;
  std::vector<IrNode> nodes;
  std::vector<int> feeds;
  std::vector<int> fetches;
  std::vector<std::pair<Variable, int>> updates;  ///< the value that a variable gets at the end
  /// What computes variables of the program's own from others; to be run before, when one of those has changed. May be
  /// null.
  std::shared_ptr<Ir> prologue;

  int add_value(IrValue value);
  int add_constant(const Tensor& constant);
  int add_computed(TensorSpec spec);
  const TensorSpec& spec(int value) const { return values[static_cast<std::size_t>(value)].spec; }
  const IrValue& value(int number) const { return values[static_cast<std::size_t>(number)]; }
  bool is_constant(int number) const { return value(number).kind == IrValue::Kind::kConstant; }

  /// For each value the number of its node, or -1.
  std::vector<int> producers() const;
  /// For each value how many node inputs, fetches and updates use it.
  std::vector<int> use_counts() const;
  /// For each value, the nodes that use it, in order; fetches and updates do not count.
  std::vector<std::vector<int>> users() const;
  /// Makes every use of a value `i` with `replacement[i] >= 0` use that value instead.
  void replace_uses(const std::vector<int>& replacement);
  /// For each value, whether it follows from constants and from variables that this program does not write.
  std::vector<bool> values_fixed_between_runs() const;

  /// One line a node, for dumps.
  std::string to_string() const;
};

/// Writes down what a graph's fetches and updates need, with shapes as the feeds have them.
/// **Throws** GraphError for a placeholder that is needed and not fed, ShapeError for a feed whose shape does not fit.
Ir import_graph(const Graph& graph, const Tensors& feeds, const TensorSpecs& feed_specs, const Tensors& fetches);

}  // namespace cornu
