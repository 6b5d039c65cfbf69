#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/graph/graph.h"
#include "layers/layer.h"
#include "models/model.h"

namespace cornu {

/// One call of a layer, as a trace met it.
struct TracedCall {
  LayerPtr layer;
  int parent = -1;             ///< the call within which it happened, as an index; -1 for that of the model itself
  int number = 0;              ///< which call of this layer, from 0
  std::size_t first_node = 0;  ///< how many nodes there were when it began
  bool in_loop = false;        ///< within the body of a cond or a loop, whose tensors are of a graph of their own
  Tensors inputs;              ///< with those among the further arguments
  Tensors outputs;
};

/// All that happens when a model is called for inference: which layers its `call()` calls, with what, and the
/// operations in between. Works for models of every kind, since it runs them, on symbols.
///
/// A layer that returns its input as it is, such as Dropout here, gets a symbol of its own for it: each symbol says
/// which call it comes from.
class CallTrace {
 public:
  /// **Throws** StateError where the shapes of the inputs are not known yet.
  explicit CallTrace(const ModelLayer& model);

  /// In the order in which they began; the first is that of the model.
  const std::vector<TracedCall>& calls() const { return calls_; }
  /// The operations in the order in which they were made, and the symbols of the model's inputs.
  const std::vector<std::shared_ptr<Node>>& nodes() const { return graph_->nodes(); }
  const Tensors& inputs() const { return inputs_; }

  /// The innermost call in which a node was made, as an index.
  int call_of_node(std::size_t node) const { return call_of_node_.at(node); }
  /// The tensor for which a stand-in was given out, or null for other nodes.
  const Tensor* original_of(const Node& node) const;
  /// The variable that a node reads, or an undefined one for other nodes.
  Variable variable_read_by(const Node& node) const;

  /// Names of layers with the numbers of their calls, where there is more than one: "tower[1]/fc1[1]". Empty for the
  /// model.
  std::string path_of_call(int call) const;

 private:
  class Recorder;

  std::shared_ptr<Graph> graph_;
  Tensors inputs_;
  std::vector<TracedCall> calls_;
  std::vector<int> call_of_node_;
  std::vector<std::pair<const Node*, Tensor>> stand_ins_;
};

}  // namespace cornu
