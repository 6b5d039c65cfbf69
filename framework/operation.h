#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/attributes.h"
#include "framework/tensor.h"

namespace cornu {

class Node;

/// The rules of an operation: what its outputs look like and how gradients pass through it.
///
/// An operation is defined once, in `framework/ops`; backends offer kernels for it by name (`kernel.h`).
struct Operation {
  std::string name;

  /// Specs of the outputs for inputs of these specs; dimensions may be unknown. Throws for inputs that do not fit.
  std::function<TensorSpecs(std::span<const TensorSpec> inputs, const Attributes& attributes)> infer = nullptr;

  /// Gradients for the inputs, from those of the outputs (undefined where nothing flows back); written in ops, so that
  /// it runs eagerly, in a graph, and can be differentiated again. An input without a gradient gets an undefined
  /// tensor. Null for an operation without gradients, such as a comparison.
  std::function<Tensors(const Node& node, const Tensors& output_gradients)> gradient = nullptr;

  /// Output 0 is the memory of input 0 under another shape.
  bool is_view = false;

  /// Each element of the output depends on the same elements of the (broadcast) inputs alone: chains can be fused.
  bool is_elementwise = false;

  /// The result depends on the shapes of the inputs alone: a constant once they are known.
  bool reads_shapes_only = false;

  /// Two nodes with equal inputs may give different results (or do something besides): they are never merged.
  bool is_stateful = false;
};

/// Adds an operation to the table, at static initialisation: `const Operation& kRelu = register_operation({...});`
const Operation& register_operation(Operation operation);

/// The operation of that name. **Throws** std::logic_error where there is none.
const Operation& operation_named(std::string_view name);

/// Applies an operation: computes at once when every input is a value; otherwise adds a node to the inputs' graph (or,
/// outside of any graph, to the functional model that is being built from Input).
/// **Throws** what the operation's `infer` throws; GraphError for symbols of two graphs.
Tensors apply(const Operation& operation, Tensors inputs, Attributes attributes = {});

/// `apply` of an operation with one output.
Tensor apply_single(const Operation& operation, Tensors inputs, Attributes attributes = {});

}  // namespace cornu
